package io.evenkeel.kernel.ipvs;

/** What a virtual service of the kernel is known by: an address and port, or a firewall mark. */
public sealed interface IpvsKey permits IpvsAddress, IpvsMark {

  /**
   * Of its clients.
   *
   * @return the family
   */
  AddressFamily family();
}

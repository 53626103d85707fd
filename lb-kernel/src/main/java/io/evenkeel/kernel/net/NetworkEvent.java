package io.evenkeel.kernel.net;

/** A change of the host's network. */
public sealed interface NetworkEvent {

  /**
   * A link is there, or is not as it was before.
   *
   * @param link as it is now
   */
  record LinkChanged(Link link) implements NetworkEvent {}

  /**
   * A link is gone; its addresses were said to be before.
   *
   * @param link as it was
   */
  record LinkRemoved(Link link) implements NetworkEvent {}

  /**
   * An address is there, or is not as it was before.
   *
   * @param address as it is now
   */
  record AddressChanged(Address address) implements NetworkEvent {}

  /**
   * An address is gone.
   *
   * @param address as it was
   */
  record AddressRemoved(Address address) implements NetworkEvent {}
}

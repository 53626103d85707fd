package io.evenkeel.kernel.plane;

/** What carries a service's traffic. */
public enum Carrier {
  /** A data plane in user space. */
  PROXY,
  /** The kernel's IPVS. */
  KERNEL
}

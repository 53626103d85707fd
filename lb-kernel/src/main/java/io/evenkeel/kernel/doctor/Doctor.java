package io.evenkeel.kernel.doctor;

import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.util.List;

/** Looks at this host, and changes nothing. */
public final class Doctor {
  private Doctor() {}

  /**
   * What this host has, and what it lacks. Rules of netfilter are not looked at: they are named.
   *
   * @param plan what it is to be
   * @return one finding for each thing that matters
   * @throws IOException if it cannot be looked at
   */
  public static List<Finding> examine(Plan plan) throws IOException {
    String cause = Sys.unavailabilityCause();
    if (cause != null) {
      throw new IOException(cause);
    }
    return Judgement.of(FactReader.read(Ipvs.unavailabilityCause()), plan);
  }
}

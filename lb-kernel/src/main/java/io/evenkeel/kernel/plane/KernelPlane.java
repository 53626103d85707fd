package io.evenkeel.kernel.plane;

import io.evenkeel.DataPlane;
import io.evenkeel.EffectiveService;
import java.util.Collection;
import java.util.concurrent.CompletionStage;

/** A plane in the kernel that shares its addresses with another. */
interface KernelPlane extends DataPlane {

  /**
   * Carries services, and no others.
   *
   * @param wanted all of them
   * @param elsewhere what somebody else carries
   * @return as that of DataPlane; fails with IllegalStateException if the plane closes
   */
  CompletionStage<Void> apply(Collection<EffectiveService> wanted, Elsewhere elsewhere);
}

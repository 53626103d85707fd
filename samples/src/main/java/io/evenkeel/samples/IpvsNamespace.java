package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.Ipvs;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose table it is. */
final class IpvsNamespace {
  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description =
          "The network namespace whose table it is, as ip netns knows it, or a path; needs"
              + " CAP_SYS_ADMIN. Default: that of this process.")
  private @Nullable String name;

  Ipvs open() throws IOException {
    return name == null ? Ipvs.open() : Ipvs.open(name);
  }
}

package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.Rules;
import io.evenkeel.kernel.ipvs.RulesException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One service, if any is named. */
final class IpvsServiceOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-t", "--tcp-service"},
      paramLabel = "HOST:PORT",
      description = "Only this TCP service.")
  private @Nullable String tcp;

  @Option(
      names = {"-u", "--udp-service"},
      paramLabel = "HOST:PORT",
      description = "Only this UDP service.")
  private @Nullable String udp;

  @Option(
      names = "--sctp-service",
      paramLabel = "HOST:PORT",
      description = "Only this SCTP service.")
  private @Nullable String sctp;

  @Option(
      names = {"-f", "--fwmark-service"},
      paramLabel = "MARK",
      description = "Only the service of this firewall mark.")
  private @Nullable String mark;

  @Option(
      names = {"-6", "--ipv6"},
      description = "The mark is that of an IPv6 service.")
  private boolean ipv6;

  boolean isNamed() {
    return tcp != null || udp != null || sctp != null || mark != null;
  }

  /** Null: none is named. */
  @Nullable IpvsKey key() {
    List<String> words = new ArrayList<>();
    add(words, "-t", tcp);
    add(words, "-u", udp);
    add(words, "--sctp-service", sctp);
    add(words, "-f", mark);
    if (ipv6) {
      words.add("-6");
    }
    if (words.isEmpty()) {
      return null;
    }
    try {
      IpvsChange change =
          Rules.read("-D " + String.join(" ", words), RuleNames.ofSystem()).get(0).change();
      return ((IpvsChange.DeleteService) change).key();
    } catch (RulesException e) {
      throw new ParameterException(
          spec.commandLine(), e.problems().get(0).replaceFirst("line 1: ", ""));
    }
  }

  private static void add(List<String> words, String option, @Nullable String value) {
    if (value != null) {
      words.add(option);
      words.add(value.replaceAll("\\s", "?"));
    }
  }
}

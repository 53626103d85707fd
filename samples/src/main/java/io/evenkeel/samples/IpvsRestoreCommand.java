package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsException;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.Rules;
import io.evenkeel.kernel.ipvs.RulesException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rules become the table's. */
@Command(
    name = "restore",
    description = {
      "Applies rules, as save and ipvsadm --save print them, to what the table holds already.",
      "",
      "If one cannot be read, none is applied. What the kernel refuses is said, with its line;"
          + " the others hold.",
      ""
    })
final class IpvsRestoreCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = STDIN,
      description = "Where the rules are; -, the default: standard input.")
  private String file;

  @Mixin private IpvsNamespace namespace;

  @Override
  public Integer call() throws IOException {
    List<Rules.Rule> rules;
    try {
      rules = Rules.read(text(), RuleNames.ofSystem());
    } catch (RulesException e) {
      return say(e.problems());
    }
    IdentityHashMap<IpvsChange, Integer> lines = new IdentityHashMap<>();
    rules.forEach(rule -> lines.put(rule.change(), rule.line()));
    try (Ipvs ipvs = namespace.open()) {
      ipvs.apply(rules.stream().map(Rules.Rule::change).toList());
      return ExitCode.OK;
    } catch (IpvsException e) {
      return say(
          e.refusals().stream()
              .map(
                  refusal ->
                      "line "
                          + lines.get(refusal.change())
                          + ": "
                          + Rules.write(refusal.change(), RuleNames.NUMERIC)
                          + ": "
                          + refusal.words())
              .toList());
    }
  }

  private String text() throws IOException {
    if (file.equals(STDIN)) {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
    try {
      return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file", e);
    }
  }

  private int say(List<String> sentences) {
    PrintWriter err = spec.commandLine().getErr();
    sentences.forEach(err::println);
    err.flush();
    return ExitCode.SOFTWARE;
  }
}

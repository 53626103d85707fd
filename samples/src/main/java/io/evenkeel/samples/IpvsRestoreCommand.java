package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsException;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.Rules;
import io.evenkeel.kernel.ipvs.RulesException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
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
    try {
      byte[] bytes =
          file.equals(STDIN) ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(name() + ": not text (expected: UTF-8)", e);
    } catch (NoSuchFileException e) {
      throw new IOException(name() + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(name() + ": not permitted", e);
    } catch (FileSystemException e) {
      throw new IOException(name() + ": " + e.getReason(), e);
    } catch (IOException e) {
      throw new IOException(name() + ": " + e.getMessage(), e);
    }
  }

  private String name() {
    return file.equals(STDIN) ? "standard input" : file;
  }

  private int say(List<String> sentences) {
    PrintWriter err = spec.commandLine().getErr();
    sentences.forEach(err::println);
    err.flush();
    return ExitCode.SOFTWARE;
  }
}

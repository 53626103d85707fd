package io.evenkeel.vrrp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a program on the module path gets. */
class ModuleTest {
  @Test
  void module_resolves_andExportsWhatIsPromised() {
    Path[] path =
        Stream.of(System.getProperty("java.class.path").split(":", -1))
            .filter(entry -> !entry.endsWith("test-classes"))
            .filter(
                entry -> !entry.matches(".*/(junit|archunit|opentest4j|apiguardian|jazzer)[^/]*"))
            .map(Path::of)
            .toArray(Path[]::new);
    Configuration resolved =
        ModuleLayer.boot()
            .configuration()
            .resolve(ModuleFinder.of(path), ModuleFinder.of(), Set.of("io.evenkeel.vrrp"));

    Set<String> exported =
        resolved
            .findModule("io.evenkeel.vrrp")
            .orElseThrow()
            .reference()
            .descriptor()
            .exports()
            .stream()
            .map(export -> export.source())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        Set.of(
            "io.evenkeel.vrrp",
            "io.evenkeel.vrrp.protocol",
            "io.evenkeel.vrrp.track",
            "io.evenkeel.vrrp.witness"),
        exported);
    assertFalse(resolved.findModule("io.evenkeel.kernel").isEmpty());
  }
}

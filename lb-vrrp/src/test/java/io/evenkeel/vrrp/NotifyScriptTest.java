package io.evenkeel.vrrp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.hook.Command;
import io.evenkeel.vrrp.VrrpEvent.Kind;
import io.evenkeel.vrrp.protocol.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NotifyScriptTest {
  static VrrpEvent event(Kind kind, Phase to, int priority) {
    return new VrrpEvent(kind, "web", Phase.BACKUP, to, priority, "web: text", Instant.EPOCH);
  }

  private static NotifyScript all(NotifyScript script) {
    return script
        .onMaster(Command.of("master", "x"))
        .onBackup(Command.of("backup"))
        .onFault(Command.of("fault"))
        .onStop(Command.of("stop"))
        .onPriority(Command.of("priority", "y"))
        .onLowerPriorityHeard(Command.of("lower"))
        .onAny(Command.of("any", "z"));
  }

  private static String run(NotifyScript script, VrrpEvent event) {
    return String.join(
        "; ",
        script.commandsFor(event).stream().map(c -> String.join(" ", c.arguments())).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "MASTER, MASTER, 'master x; any z INSTANCE web MASTER 120'",
    "BACKUP, BACKUP, 'backup; any z INSTANCE web BACKUP 120'",
    "FAULT, FAULT, 'fault; any z INSTANCE web FAULT 120'",
    "STOP, INITIALIZE, 'stop; any z INSTANCE web STOP 120'",
    "PRIORITY, MASTER, 'priority y INSTANCE web MASTER_PRIORITY 120'",
    "PRIORITY, BACKUP, 'priority y INSTANCE web BACKUP_PRIORITY 120'",
    "PRIORITY, INITIALIZE, ''",
    "PRIORITY, FAULT, ''",
    "LOWER_PRIORITY_HEARD, MASTER, 'lower'",
  })
  void commandsFor_instance_areKeepaliveds(Kind kind, Phase to, String expected) {
    assertEquals(expected, run(all(NotifyScript.instance()), event(kind, to, 120)));
  }

  @Test
  void commandsFor_group_sayGroupAndNoPriority() {
    assertEquals(
        "master x; any z GROUP web MASTER 0",
        run(all(NotifyScript.group()), event(Kind.MASTER, Phase.MASTER, 120)));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void commandsFor_nothingConfigured_areNone(Kind kind) {
    assertEquals(List.of(), NotifyScript.instance().commandsFor(event(kind, Phase.BACKUP, 100)));
  }

  @ParameterizedTest
  @CsvSource({
    "MASTER, MASTER, VRRP Instance web - Entering MASTER state",
    "BACKUP, BACKUP, VRRP Instance web - Entering BACKUP state",
    "FAULT, FAULT, VRRP Instance web - Entering FAULT state",
    "STOP, INITIALIZE, 'web: text'",
    "PRIORITY, MASTER, 'web: text'",
  })
  void mailSubject_kinds_isKeepalivedsOrTheText(Kind kind, Phase to, String expected) {
    assertEquals(expected, MailOnChange.subject(event(kind, to, 120)));
  }

  @Test
  void mail_noKinds_throws() {
    assertThrows(IllegalArgumentException.class, () -> new MailOnChange(null, "lb-1", Set.of()));
  }
}

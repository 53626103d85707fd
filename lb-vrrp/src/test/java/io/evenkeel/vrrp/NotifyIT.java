package io.evenkeel.vrrp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.hook.Command;
import io.evenkeel.vrrp.VrrpEvent.Kind;
import io.evenkeel.vrrp.protocol.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real listeners, scripts, and keepalived's own. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NotifyIT {
  private final String namespace = "ekk" + ProcessHandle.current().pid();

  @TempDir Path folder;

  private static VrrpEvent event(Kind kind, Phase to) {
    return NotifyScriptTest.event(kind, to, 100);
  }

  @Test
  void tell_oneHangs_returnsAtOnceAndTheNextIsToldAfterTheTimeout() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    RouterListeners listeners =
        new RouterListeners(
            "web",
            List.of(
                event -> {
                  heard.add("slow " + event.kind());
                  if (event.kind() == Kind.BACKUP) {
                    never.await();
                  }
                  second.countDown();
                },
                event -> {
                  heard.add("quick " + event.kind());
                  throw new IOException("of the test");
                }),
            Duration.ofSeconds(2));

    long begin = System.nanoTime();
    listeners.tell(event(Kind.BACKUP, Phase.BACKUP));
    listeners.tell(event(Kind.MASTER, Phase.MASTER));
    Duration told = Duration.ofNanos(System.nanoTime() - begin);
    assertTrue(second.await(60, TimeUnit.SECONDS));
    listeners.await();

    // Nothing was waited for.
    assertTrue(told.compareTo(Duration.ofSeconds(2)) < 0, told.toString());
    assertEquals(
        List.of("slow BACKUP", "slow MASTER"),
        heard.stream().filter(h -> h.startsWith("slow")).toList());
    assertEquals(
        List.of("quick BACKUP", "quick MASTER"),
        heard.stream().filter(h -> h.startsWith("quick")).toList());
  }

  @Test
  void onEvent_scripts_runInOrderOneAfterTheOther() throws Exception {
    Path log = folder.resolve("log");
    String slow = "sleep 0.3; echo $* >> " + log;
    NotifyScript script =
        NotifyScript.instance()
            .onMaster(Command.of("sh", "-c", slow, "sh", "master"))
            .onBackup(Command.of("sh", "-c", "exit 1"))
            .onAny(Command.of("sh", "-c", "echo $* >> " + log, "sh", "any"));

    script.onEvent(event(Kind.MASTER, Phase.MASTER));
    script.onEvent(event(Kind.BACKUP, Phase.BACKUP));

    assertEquals(
        List.of("master", "any INSTANCE web MASTER 100", "any INSTANCE web BACKUP 100"),
        Files.readAllLines(log));
  }

  /** The same script, run by keepalived and by us, is told the same. */
  @Test
  void onEvent_keepalivedsScript_getsWhatKeepalivedPasses() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    assumeTrue(
        new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0,
        "needs CAP_SYS_ADMIN, to make namespaces");
    Path log = folder.resolve("log");
    Path script = folder.resolve("notify");
    Files.writeString(script, "#!/bin/sh\necho \"$*\" >> " + log + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> theirs = runKeepalived(script, log);
    Files.delete(log);

    NotifyScript ours =
        NotifyScript.instance()
            .onMaster(Command.of(script.toString(), "on-master"))
            .onBackup(Command.of(script.toString(), "on-backup"))
            .onStop(Command.of(script.toString(), "on-stop"))
            .onAny(Command.of(script.toString(), "any"));
    NotifyScript group = NotifyScript.group().onAny(Command.of(script.toString(), "group"));
    for (NotifyScript each : List.of(ours, group)) {
      each.onEvent(event(Kind.BACKUP, Phase.BACKUP));
      each.onEvent(event(Kind.MASTER, Phase.MASTER));
      each.onEvent(event(Kind.STOP, Phase.INITIALIZE));
    }

    // keepalived starts them all at once.
    assertEquals(
        theirs.stream().sorted().toList(), Files.readAllLines(log).stream().sorted().toList());
  }

  private List<String> runKeepalived(Path script, Path log) throws Exception {
    Path configuration = folder.resolve("keepalived.conf");
    Files.writeString(
        configuration,
        """
        global_defs {
          script_user root
        }
        vrrp_sync_group web {
          group {
            web
          }
          notify "%1$s group"
        }
        vrrp_instance web {
          interface ek0
          state BACKUP
          virtual_router_id 7
          priority 100
          virtual_ipaddress {
            10.9.0.9/32
          }
          notify_master "%1$s on-master"
          notify_backup "%1$s on-backup"
          notify_stop "%1$s on-stop"
          notify "%1$s any"
        }
        """
            .formatted(script));
    Process keepalived = null;
    try {
      run("ip netns add " + namespace);
      run("ip -n " + namespace + " link add ek0 type veth peer name ek1");
      run("ip -n " + namespace + " addr add 10.9.0.1/24 dev ek0");
      run("ip -n " + namespace + " link set ek1 up");
      run("ip -n " + namespace + " link set ek0 up");
      // Else it begins with a fault, of which there is another line.
      await(
          "the carrier",
          30,
          () -> run("ip -n " + namespace + " -o link show ek0").contains("state UP"));
      keepalived =
          new ProcessBuilder(
                  ("ip netns exec "
                          + namespace
                          + " keepalived -P -n -l -D -f "
                          + configuration
                          + " -p "
                          + folder.resolve("pid")
                          + " -r "
                          + folder.resolve("vrrp"))
                      .split(" ", -1))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
      awaitLine(log, "group GROUP web MASTER 0");
      awaitLine(log, "any INSTANCE web MASTER 100");
      awaitLine(log, "on-master");
      // A script that is still to write would end with keepalived.
      awaitLines(log, 6);
      keepalived.destroy();
      assertTrue(keepalived.waitFor(30, TimeUnit.SECONDS));
      awaitLine(log, "group GROUP web STOP 0");
      awaitLine(log, "any INSTANCE web STOP 100");
      awaitLine(log, "on-stop");
      awaitLines(log, 9);
      return Files.readAllLines(log);
    } finally {
      if (keepalived != null) {
        // Its children end with it; -9 would leave them.
        keepalived.destroy();
        keepalived.waitFor(10, TimeUnit.SECONDS);
        keepalived.destroyForcibly();
      }
      new ProcessBuilder("ip", "netns", "del", namespace).start().waitFor();
    }
  }

  private static void awaitLine(Path log, String line) throws Exception {
    await(line, 60, () -> Files.exists(log) && Files.readAllLines(log).contains(line));
  }

  private static void awaitLines(Path log, int lines) throws Exception {
    await(lines + " lines", 60, () -> Files.readAllLines(log).size() >= lines);
  }

  private static void await(String what, int seconds, Callable<Boolean> isSo) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!isSo.call()) {
      assertTrue(System.nanoTime() - end < 0, () -> "not within " + seconds + " s: " + what);
      Thread.sleep(20);
    }
  }

  private static String run(String command) throws Exception {
    Process process = new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), command + ": " + output);
    return output;
  }
}

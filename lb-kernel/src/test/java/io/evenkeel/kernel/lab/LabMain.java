package io.evenkeel.kernel.lab;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs test classes in this JVM, under a kernel that has IPVS. Exits with 1 if one failed, was
 * skipped, or there was none: there, what is skipped has not been shown.
 */
final class LabMain {
  private LabMain() {}

  public static void main(String[] classes) {
    List<DiscoverySelector> selectors =
        Stream.of(classes).<DiscoverySelector>map(name -> selectClass(name)).toList();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectors).build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, summary, new Progress());
    TestExecutionSummary seen = summary.getSummary();
    seen.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 30);
    boolean isGood =
        seen.getTestsSucceededCount() > 0
            && seen.getTestsSucceededCount() == seen.getTestsFoundCount()
            && seen.getTotalFailureCount() == 0;
    // Whatever threads are left.
    System.out.flush();
    Runtime.getRuntime().halt(isGood ? 0 : 1);
  }

  private static final class Progress implements TestExecutionListener {
    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        System.out.println("  " + test.getDisplayName() + ": " + result.getStatus());
      }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      System.out.println("  " + test.getDisplayName() + ": skipped, " + reason);
    }
  }
}

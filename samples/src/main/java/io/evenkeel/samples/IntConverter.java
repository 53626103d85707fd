package io.evenkeel.samples;

import picocli.CommandLine.ITypeConverter;

/** Reads a whole number within a range. */
class IntConverter implements ITypeConverter<Integer> {
  private final String what;
  private final int min;
  private final int max;

  private IntConverter(String what, int min, int max) {
    this.what = what;
    this.min = min;
    this.max = max;
  }

  @Override
  public Integer convert(String text) {
    try {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Not a number, or one that is too large.
    }
    throw new Refused(what + ": " + text + " (expected: " + min + ".." + max + ")");
  }

  static final class OfThreads extends IntConverter {
    OfThreads() {
      super("threads", 1, 1024);
    }
  }

  static final class OfConnections extends IntConverter {
    OfConnections() {
      super("max-connections", 1, Integer.MAX_VALUE);
    }
  }

  static final class OfRise extends IntConverter {
    OfRise() {
      super("rise", 1, 1000);
    }
  }

  static final class OfFall extends IntConverter {
    OfFall() {
      super("fall", 1, 1000);
    }
  }

  static final class OfSeconds extends IntConverter {
    OfSeconds() {
      super("seconds", 6, 3600);
    }
  }

  static final class OfTimeout extends IntConverter {
    OfTimeout() {
      super("timeout", 0, 21_474_836);
    }
  }

  static final class OfSyncId extends IntConverter {
    OfSyncId() {
      super("sync id", 0, 255);
    }
  }

  static final class OfSyncLength extends IntConverter {
    OfSyncLength() {
      super("sync length", 1, 65507);
    }
  }

  static final class OfPort extends IntConverter {
    OfPort() {
      super("port", 1, 65535);
    }
  }

  static final class OfTtl extends IntConverter {
    OfTtl() {
      super("ttl", 1, 255);
    }
  }

  static final class OfVrid extends IntConverter {
    OfVrid() {
      super("vrid", 1, 255);
    }
  }

  static final class OfPriority extends IntConverter {
    OfPriority() {
      super("priority", 1, 255);
    }
  }
}

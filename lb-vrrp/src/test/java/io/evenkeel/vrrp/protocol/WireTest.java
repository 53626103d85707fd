package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.vrrp.protocol.Received.Accepted;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireTest {

  @ParameterizedTest
  @EnumSource
  void decode_aCapture_isWhatItsSenderWasConfiguredFor(Captures capture) {
    Advertisement advertisement =
        new Advertisement(
            capture.isV2() ? Version.V2 : Version.V3,
            capture.vrid(),
            capture.priority(),
            capture.intervalNanos(),
            capture.addresses());

    assertEquals(new Accepted(advertisement, true, true), capture.decode());
  }

  @ParameterizedTest
  @EnumSource
  void encode_asItsSenderWasConfigured_isTheCapture(Captures capture) {
    Wire wire = new Wire(capture.config());
    Instant now = capture.hasTrailer() ? Captures.NOW : Instant.EPOCH;
    byte[] made = {};
    // Its number is in the identification, and in the sequence number.
    for (int i = 0; i < capture.number(); i++) {
      made = wire.encode(capture.priority(), capture.source(), capture.destination(), now).get(0);
    }

    assertEquals(capture.hex(), HexFormat.of().formatHex(made));
  }
}

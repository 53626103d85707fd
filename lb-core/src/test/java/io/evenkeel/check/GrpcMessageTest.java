package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcMessageTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 300, GrpcCheck.MAX_SERVICE_BYTES})
  void request_service_isAsProtobufWritesIt(int length) {
    String service = "s".repeat(length);
    byte[] expected = HealthCheckRequest.newBuilder().setService(service).build().toByteArray();

    ByteBuf request = GrpcMessage.request(service);

    assertEquals(0, request.readByte());
    assertEquals(expected.length, request.readInt());
    assertEquals(ByteBufUtil.hexDump(expected), ByteBufUtil.hexDump(request));
  }

  @ParameterizedTest
  @EnumSource(
      value = HealthCheckResponse.ServingStatus.class,
      names = "UNRECOGNIZED",
      mode = EnumSource.Mode.EXCLUDE)
  void status_asProtobufWritesIt_isRead(HealthCheckResponse.ServingStatus status) {
    byte[] bytes = HealthCheckResponse.newBuilder().setStatus(status).build().toByteArray();

    assertEquals(status.name(), GrpcMessage.status(Unpooled.wrappedBuffer(bytes)));
  }

  @ParameterizedTest
  @CsvSource({
    // Unknown fields of each kind before and after it, in any order.
    "1005 0801 1a03616263 210102030405060708 2d01020304, SERVING",
    "1a00 0801, SERVING",
    // The last one counts.
    "0802 0801, SERVING",
    "0801 0802, NOT_SERVING",
    // More bytes than needed.
    "088100, SERVING",
    // A number of later versions, and one below zero.
    "0809, status 9",
    "08ffffffffffffffffff01, status -1",
    "'', UNKNOWN",
  })
  void status_odd_isRead(String hex, String status) {
    assertEquals(status, GrpcMessage.status(bytes(hex)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Ends in a tag, a value, a length, a field.
        "80",
        "08",
        "0880",
        "12",
        "1205 61",
        "21 01020304050607",
        "2d 010203",
        // Field 0, groups, wire types that there are not, a field's number too large.
        "0001",
        "0b",
        "0c",
        "0e",
        "0f",
        "8080808080 01 01",
        // A length of 2^63 or more, and of 2^32 and more.
        "12 ffffffffffffffffff01",
        "12 8080808010",
        // A number without end.
        "08 ffffffffffffffffffff01"
      })
  void status_malformed_isNone(String hex) {
    assertNull(GrpcMessage.status(bytes(hex)));
  }

  @Test
  void status_anyBytes_endsWithoutException() {
    Random random = new Random(4711);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      GrpcMessage.status(Unpooled.wrappedBuffer(bytes));
    }
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
  }
}

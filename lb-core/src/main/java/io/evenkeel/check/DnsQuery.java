package io.evenkeel.check;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A question for a DNS server (RFC 1035, 4.1), and what an answer says to it. What reads an answer
 * throws {@link IndexOutOfBoundsException} if it ends too early. Immutable.
 *
 * @param id what the answer has to repeat, 0..65535
 * @param domain valid as in {@link DnsCheck}
 * @param type a number of RFC 1035, 3.2.2
 */
record DnsQuery(int id, String domain, int type) {
  private static final int HEADER_BYTES = 12;
  private static final int IS_RESPONSE = 0x80;
  private static final int RECURSION_DESIRED = 1;
  private static final int INTERNET = 1;

  private static final List<String> CODES =
      List.of("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put16(out, id);
    put16(out, RECURSION_DESIRED << 8);
    put16(out, 1);
    put16(out, 0);
    put16(out, 0);
    put16(out, 0);
    out.writeBytes(question());
    return out.toByteArray();
  }

  private byte[] question() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!domain.equals(".")) {
      for (String label : domain.split("\\.", -1)) {
        out.write(label.length());
        out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
      }
    }
    out.write(0);
    put16(out, type);
    put16(out, INTERNET);
    return out.toByteArray();
  }

  /** It has the query's number, and its question; an error may come without a question. */
  boolean isAnsweredBy(byte[] message) {
    return message.length >= HEADER_BYTES
        && get16(message, 0) == id
        && (message[2] & IS_RESPONSE) != 0
        && (get16(message, 4) == 1
            ? hasQuestion(message)
            : get16(message, 4) == 0 && !codeOf(message).equals(CODES.get(0)));
  }

  private boolean hasQuestion(byte[] message) {
    byte[] question = question();
    if (message.length < HEADER_BYTES + question.length) {
      return false;
    }
    for (int i = 0; i < question.length; i++) {
      // In a name, upper and lower case are the same (RFC 4343).
      if (lower(message[HEADER_BYTES + i]) != lower(question[i])) {
        return false;
      }
    }
    return true;
  }

  static String codeOf(byte[] message) {
    int code = message[3] & 0xf;
    return code < CODES.size() ? CODES.get(code) : "RCODE" + code;
  }

  /** The data of those of an answer's records that are of the query's type. */
  List<byte[]> recordsIn(byte[] message) {
    List<byte[]> records = new ArrayList<>();
    int at = HEADER_BYTES + question().length;
    int count = get16(message, 6);
    boolean truncated = (message[2] & 2) != 0;
    for (int i = 0; i < count && !(truncated && at == message.length); i++) {
      at = afterName(message, at);
      int from = at + 10;
      int length = get16(message, at + 8);
      if (get16(message, at) == type && get16(message, at + 2) == INTERNET) {
        byte[] data = new byte[length];
        System.arraycopy(message, from, data, 0, length);
        records.add(data);
      }
      at = from + length;
    }
    return records;
  }

  /** The strings of a TXT record, put together; each byte is one character. */
  static String textIn(byte[] data) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < data.length; ) {
      int length = data[at] & 0xff;
      text.append(new String(data, at + 1, length, StandardCharsets.ISO_8859_1));
      at += 1 + length;
    }
    return text.toString();
  }

  private static int afterName(byte[] message, int start) {
    int at = start;
    while (message[at] != 0) {
      if ((message[at] & 0xc0) == 0xc0) {
        return at + 2;
      }
      at += 1 + (message[at] & 0xff);
    }
    return at + 1;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }

  private static int get16(byte[] message, int at) {
    return ((message[at] & 0xff) << 8) | (message[at + 1] & 0xff);
  }

  private static void put16(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }
}

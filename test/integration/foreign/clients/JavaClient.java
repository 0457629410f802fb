// Java's own client, java.net.http: JavaClient.java BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes.
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class JavaClient {
  static final int MIB = 1024 * 1024;
  static final HttpClient HTTP = HttpClient.newHttpClient();
  static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  static String base;

  /** One connection; what arrives waits in a queue: a String, a byte[], or an Integer for the close code. */
  static class Client implements WebSocket.Listener {
    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    final StringBuilder text = new StringBuilder();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final WebSocket socket;

    Client(String path) {
      socket = HTTP.newWebSocketBuilder().buildAsync(URI.create(base + path), this).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket ws, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        events.add(text.toString());
        text.setLength(0);
      }
      ws.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket ws, ByteBuffer part, boolean isLast) {
      byte[] piece = new byte[part.remaining()];
      part.get(piece);
      bytes.writeBytes(piece);
      if (isLast) {
        events.add(bytes.toByteArray());
        bytes.reset();
      }
      ws.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
      events.add(code);
      return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable error) {
      events.add(error);
    }

    Object next() throws Exception {
      Object event = events.poll(20, TimeUnit.SECONDS);
      if (event == null) throw new Exception("nothing came for 20 s");
      return event;
    }

    String message() throws Exception {
      return (String) next();
    }

    /** The next message that is not the time. */
    String afterTimes() throws Exception {
      String message;
      do message = message(); while (message.contains("\"type\":\"time\""));
      return message;
    }

    /** The result as its JSON. */
    String answerTo(int n) throws Exception {
      socket.sendText("{\"type\":\"fibonacci\",\"input\":" + n + "}", true).join();
      return field(afterTimes(), "\"type\":\"fibonacci\",\"input\":" + n + ",\"result\":(\\d+|\"\\d+\")");
    }

    /** What the program sees at the end, as fields of JSON. */
    String closeCode() throws Exception {
      Object event;
      do event = next(); while (event instanceof String || event instanceof byte[]);
      if (event instanceof Integer) return "\"code\":" + event;
      return "\"code\":null,\"error\":\"" + event.toString().replace("\"", "'") + "\"";
    }
  }

  static String field(String json, String pattern) throws Exception {
    Matcher found = Pattern.compile(pattern).matcher(json);
    if (!found.find()) throw new Exception(pattern + " is not in " + json);
    return found.group(1);
  }

  static void say(String did, String fields) {
    OUT.println("{\"did\":\"" + did + "\"," + fields + "}");
  }

  static void contract() throws Exception {
    Client client = new Client("ws");
    String welcome = client.message();
    List<String> times = new ArrayList<>();
    while (times.size() < 2) times.add(field(client.message(), "\"time\":(\"[^\"]*\")"));
    client.socket.sendText("nonsense", true).join();
    String error = field(client.afterTimes(), "\"type\":\"error\",\"code\":(\"\\w+\")");
    List<String> results = List.of(client.answerTo(10), client.answerTo(78), client.answerTo(100));
    say("contract", "\"welcome\":" + welcome + ",\"times\":" + times + ",\"error\":" + error + ",\"results\":" + results);
    say("large", "\"result\":" + client.answerTo(100_000));
    client.socket.sendClose(1000, "").join();
    say("close", client.closeCode());
  }

  static void echo() throws Exception {
    Client client = new Client("echo");
    String text = "\u00e9".repeat(MIB / 2);
    client.socket.sendText(text, true).join();
    boolean isSameText = client.next().equals(text);
    byte[] data = new byte[MIB];
    for (int i = 0; i < MIB; i++) data[i] = (byte) i;
    client.socket.sendBinary(ByteBuffer.wrap(data), true).join();
    boolean isSameData = Arrays.equals((byte[]) client.next(), data);
    say("echo", "\"text\":" + isSameText + ",\"binary\":" + isSameData);
    client.socket.sendBinary(ByteBuffer.allocate(MIB + 1), true);
    say("too long", client.closeCode());
    say("bad text", "\"code\":null"); // it refuses to encode such a text
  }

  static Client connectAgain() throws Exception {
    for (;;) {
      try {
        return new Client("ws");
      } catch (CompletionException error) {
        Thread.sleep(100);
      }
    }
  }

  static Client online() throws Exception {
    Client client = connectAgain();
    say("online", "\"id\":" + field(client.message(), "\"client_id\":(\"\\w+\")"));
    return client;
  }

  public static void main(String[] args) throws Exception {
    base = args[0];
    say("start", "\"client\":\"java.net.http, Java " + System.getProperty("java.version") + "\"");
    contract();
    echo();
    for (int i = 0; i < 2; i++) say("lost", online().closeCode());
    online().socket.sendClose(1000, "").join();
    System.exit(0);
  }
}

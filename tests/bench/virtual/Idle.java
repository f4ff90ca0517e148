/** Sleeps for some hours, as an idle operator does; its machine wakes every 50 ms. */
public class Idle {
  public static void main(String[] arguments) throws InterruptedException {
    Thread.sleep(Long.parseLong(arguments[0]) * 3600_000L);
  }
}

// Over 500 lines: the builder belongs to its class, and most of it is Javadoc.
package io.evenkeel;

import io.evenkeel.hook.EventQueue;
import io.evenkeel.hook.ListenerCalls;
import io.evenkeel.model.Change;
import io.evenkeel.model.Configuration;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import io.evenkeel.transport.Transport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps virtual services running: knows what is configured, checks who is alive, and has the
 * traffic carried by its data planes and dispatchers to those that are. Thread-safe.
 *
 * <pre>{@code
 * Director director = Director.builder()
 *     .service(VirtualService.tcp("127.0.0.1:8080")
 *         .scheduler("wlc")
 *         .realServer("127.0.0.1:9001")
 *         .realServer("127.0.0.1:9002")
 *         .check(HttpCheck.get("/health"))
 *         .build())
 *     .dataPlane(TcpProxy.create())
 *     .build();
 * director.start();
 * }</pre>
 */
public final class Director implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  private enum Life {
    NEW,
    RUNNING,
    CLOSED
  }

  private final Builder options;
  private final ControlThread control = new ControlThread();

  /** Held while the configuration changes, so that what was validated is what is applied. */
  private final ReentrantLock changing = new ReentrantLock();

  private volatile Life life = Life.NEW;
  private volatile @Nullable Controller controller;
  private @Nullable EventLoopGroup ownGroup;
  private @Nullable Executor executor;
  private @Nullable ExecutorService ownExecutor;
  private @Nullable EventQueue<EventListener, Event> events;
  private @Nullable TemplateChanges templateChanges;

  /** Read and written with {@link #changing} held. */
  private Map<Endpoint, InetSocketAddress> addresses = Map.of();

  private Director(Builder options) {
    this.options = new Builder(options);
  }

  /**
   * Begins a director.
   *
   * @return a builder without services
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Applies the configuration, and checks and carries traffic from now on. Blocks until every data
   * plane carries it, then returns; the director's threads are daemons, so that it runs as long as
   * the program around it. When it throws, nothing runs, and the director cannot be used again.
   *
   * @return this
   * @throws InvalidConfigurationException if the configuration is not valid, a name cannot be
   *     resolved, or a data plane cannot carry it: a port is in use, for instance
   * @throws IllegalStateException if it was started before
   */
  public Director start() {
    refuseOwnThreads();
    changing.lock();
    try {
      if (life != Life.NEW) {
        throw new IllegalStateException("director: " + life + " (expected: NEW)");
      }
      life = Life.RUNNING;
      try {
        open();
        Configuration wanted = configured(() -> Configuration.of(options.services));
        new Edit(this).replaceAll(wanted).apply();
      } catch (RuntimeException | Error e) {
        stop(Duration.ZERO);
        throw e;
      }
      return this;
    } finally {
      changing.unlock();
    }
  }

  /**
   * Begins a change of the configuration.
   *
   * @return an edit without steps
   */
  public Edit edit() {
    return new Edit(this);
  }

  /**
   * What is configured now.
   *
   * @return the configuration
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public Configuration configuration() {
    Controller current = running();
    return call(current::configuration);
  }

  /**
   * What chooses a server for a service; stays the same object until the service is removed.
   *
   * @param service which
   * @return the dispatcher
   * @throws IllegalArgumentException if there is no such service
   * @throws IllegalStateException if the director is not running
   */
  public Dispatcher dispatcher(ServiceKey service) {
    return cell(service).dispatcher();
  }

  /**
   * Whether the live servers of a service weigh enough for its quorum. Never blocks; any thread may
   * call it.
   *
   * @param service which
   * @return what the last change of a server made of it
   * @throws IllegalArgumentException if there is no such service
   * @throws IllegalStateException if the director is not running
   */
  public boolean hasQuorum(ServiceKey service) {
    return cell(service).now().rotation().quorum();
  }

  /**
   * Says how warm a real server is, from now on and instead of the time that it has been in
   * rotation: for an application that knows better. It counts where the service has {@linkplain
   * VirtualService#slowStart() slow start}, and is kept for when it has.
   *
   * @param service of which service
   * @param server which real server
   * @param value 0: no connections while others are warm; 1: as warm as can be, until it recovers
   *     or is added the next time
   * @throws IllegalArgumentException if there is no such service or server, or {@code value} is out
   *     of range
   * @throws IllegalStateException if the director is not running
   */
  public void warmth(ServiceKey service, Endpoint server, double value) {
    Map<Endpoint, Destination> servers = cell(service).now().servers();
    Destination destination = servers.get(server);
    if (destination == null) {
      throw new IllegalArgumentException(
          "real server: "
              + server
              + " (expected: one of "
              + servers.keySet()
              + " of "
              + service
              + ")");
    }
    destination.warmth(value);
  }

  /**
   * Tells when every server has had its first verdict, of each of its checks; what is not checked
   * counts as having one. A check that cannot be run, or of which the application has said nothing
   * yet, has none: the log says why, and who waits may want a bound. Until then a server is what
   * its check's initial state says.
   *
   * @return completes then, on the executor; exceptionally if the director is closed before
   * @throws IllegalStateException if the director is not running
   */
  public CompletableFuture<Void> ready() {
    return running().ready().thenRunAsync(() -> {}, this::execute);
  }

  /**
   * What happened to a real server last: its transitions, and what they were for.
   *
   * @param service of which service
   * @param server which real server
   * @return the last 32 at most, the oldest first; empty if there is no such server
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public List<Event> history(ServiceKey service, Endpoint server) {
    Controller current = running();
    return call(() -> current.history(service, server));
  }

  private ServiceCell cell(ServiceKey service) {
    Map<ServiceKey, ServiceCell> cells = running().cells();
    ServiceCell cell = cells.get(service);
    if (cell == null) {
      throw new IllegalArgumentException(
          "virtual service: " + service + " (expected: one of " + cells.keySet() + ")");
    }
    return cell;
  }

  /**
   * Every real server of every service as it is now.
   *
   * @return in the order of the configuration
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public List<ServerStatus> status() {
    Controller current = running();
    return call(current::status);
  }

  /**
   * Takes over a persistence template that a {@link TemplateListener} of another node was told of.
   * Never blocks; any thread may call it, event loops included.
   *
   * <p>What this node knows better stays: a client that has connections to another server here, or
   * had its last one here later than there, keeps that server, as long as it may be used. So a
   * client with an open connection is never split over two servers, and of two changes that
   * overtake each other the later one holds. A server that is down here is taken note of all the
   * same, and used once it is up.
   *
   * @param change what was told
   * @return what became of it; all but {@link Acceptance#ACCEPTED} leave everything as it was
   * @throws IllegalStateException if the director is not running
   */
  public Acceptance accept(TemplateChange change) {
    ServiceCell cell = running().cells().get(change.service());
    return cell == null
        ? Acceptance.UNKNOWN_SERVICE
        : cell.accept(
            change.client(),
            change.server(),
            change.timeout().toNanos(),
            change.timeLeft().toNanos(),
            options.nanoTime.getAsLong());
  }

  /**
   * Writes the persistence templates of all services to a file, for {@link #restoreTemplates} after
   * a restart. Dispatching goes on meanwhile. The file is there as a whole and on the disk when
   * this returns; when it throws, what was there before is there still. Only its owner may read it.
   *
   * @param file replaced if there is one; its directory must exist
   * @return how many templates it has
   * @throws IOException if it cannot be written
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public int saveTemplates(Path file) throws IOException {
    refuseOwnThreads();
    Collection<ServiceCell> cells = running().cells().values();
    long now = options.nanoTime.getAsLong();
    return TemplateFileWriter.write(
        file,
        System.currentTimeMillis(),
        writer -> cells.forEach(cell -> cell.saveTemplates(writer, now)));
  }

  /**
   * Takes the persistence templates of a file over, as {@link #accept} does. The time since the
   * file was written counts, by the wall clock, so that a template expires when it would have
   * without the restart. Best called at once after {@link #start}: a client that was served before
   * keeps the server that it got.
   *
   * @param file what {@link #saveTemplates} wrote
   * @return how many templates came to what; those of a server or service that is not configured
   *     any more, for instance, are not used
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if it cannot be read, is no such file, is of another version, truncated or
   *     damaged; the message says which and where, and no template was taken over
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public Map<Acceptance, Integer> restoreTemplates(Path file) throws IOException {
    refuseOwnThreads();
    Map<String, ServiceCell> cells = new HashMap<>();
    running().cells().forEach((key, cell) -> cells.put(key.toString(), cell));
    Map<Acceptance, Integer> results = new EnumMap<>(Acceptance.class);
    long now = options.nanoTime.getAsLong();
    TemplateFile.read(
        file,
        System.currentTimeMillis(),
        (service, client, server, timeoutNanos, leftNanos) -> {
          ServiceCell cell = cells.get(service);
          Acceptance result =
              cell == null
                  ? Acceptance.UNKNOWN_SERVICE
                  : cell.accept(client, server, timeoutNanos, leftNanos, now);
          results.merge(result, 1, Integer::sum);
        });
    LOG.info("{}: templates restored: {}", file, results);
    return Collections.unmodifiableMap(results);
  }

  /**
   * Every connection that the data planes carry now; those that a {@link Dispatcher} gave to the
   * caller's own code are not among them. Takes a while if they are many, and does not hold up the
   * traffic. Templates are listed by {@link Dispatcher#templates}.
   *
   * @return in no order; those that come or go meanwhile may be missing
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public List<ConnectionStatus> connections() {
    Controller current = running();
    return call(current::connections).stream().flatMap(part -> part.join().stream()).toList();
  }

  /** As {@link #close(Duration)} with ten seconds. */
  @Override
  public void close() {
    close(DEFAULT_GRACE);
  }

  /**
   * Ends the checks and closes the data planes: they take no new connections, let open ones end,
   * and cut off those that are left at the deadline. Then waits until the listeners were told of
   * all, at most as long as one of them may take. What was handed in (event loops, executor,
   * registry) stays open. Further calls have no effect. An interrupt does not shorten it.
   *
   * <p>During the grace dispatchers go on choosing; then they find nobody. Connections that a
   * dispatcher gave to the caller's own code are neither waited for nor cut off.
   *
   * @param grace how long to let open connections, 0 or more
   * @return the number of connections that were cut off
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws IllegalStateException if the caller is one of the director's own threads
   */
  public int close(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace: " + grace + " (expected: 0 or more)");
    }
    return stop(grace);
  }

  private int stop(Duration grace) {
    refuseOwnThreads();
    changing.lock();
    if (life == Life.CLOSED) {
      changing.unlock();
      return 0;
    }
    try {
      Controller current = controller;
      return current == null ? 0 : call(() -> current.close(grace));
    } finally {
      life = Life.CLOSED;
      // Not held any more while listeners are awaited: they may call the director.
      changing.unlock();
      end();
    }
  }

  DryRun dryRun(Edit edit) {
    refuseOwnThreads();
    changing.lock();
    try {
      Controller current = running();
      Configuration before = call(current::configuration);
      Configuration next = edit.of(before);
      Resolution resolution = Resolution.of(next, addresses);
      List<String> problems = new ArrayList<>(resolution.problems());
      problems.addAll(call(() -> current.problems(next)));
      return new DryRun(before.diff(next), List.copyOf(problems));
    } catch (IllegalArgumentException e) {
      return new DryRun(List.of(), List.of(String.valueOf(e.getMessage())));
    } finally {
      changing.unlock();
    }
  }

  Applied apply(Edit edit) {
    refuseOwnThreads();
    changing.lock();
    try {
      Controller current = running();
      Configuration next = configured(() -> edit.of(call(current::configuration)));
      Resolution resolution = Resolution.of(next, addresses);
      List<String> problems = new ArrayList<>(resolution.problems());
      problems.addAll(call(() -> current.problems(next)));
      if (!problems.isEmpty()) {
        throw new InvalidConfigurationException(problems);
      }
      return call(() -> apply(current, edit, next, resolution));
    } finally {
      changing.unlock();
    }
  }

  /** On the control thread. */
  private Applied apply(Controller current, Edit edit, Configuration next, Resolution resolution) {
    // A server that the same edit removes is looked for before it is gone.
    Map<Edit.Drain, Destination> drained = new HashMap<>();
    collect(current, edit, drained);
    List<Change> changes = current.apply(next, resolution.addresses());
    addresses = resolution.addresses();
    collect(current, edit, drained);
    List<CompletableFuture<Drained>> drains = new ArrayList<>();
    for (Edit.Drain drain : edit.drains()) {
      Destination destination = drained.get(drain);
      if (destination != null) {
        drains.add(current.drained(destination, drain.deadline(), drain.cut()));
      }
    }
    return new Applied(changes, allOf(drains));
  }

  private static void collect(Controller current, Edit edit, Map<Edit.Drain, Destination> drained) {
    for (Edit.Drain drain : edit.drains()) {
      Destination destination = current.destination(drain.service(), drain.server());
      if (destination != null) {
        drained.putIfAbsent(drain, destination);
      }
    }
  }

  private static Configuration configured(Supplier<Configuration> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationException(List.of(String.valueOf(e.getMessage())));
    }
  }

  /** Completes on a thread that may block, so that what follows may be another edit. */
  private CompletableFuture<List<Drained>> allOf(List<CompletableFuture<Drained>> drains) {
    return CompletableFuture.allOf(drains.toArray(new CompletableFuture<?>[0]))
        .thenApplyAsync(
            done -> drains.stream().map(CompletableFuture::join).toList(), this::execute);
  }

  /** On the executor, or here if it does not take the task. */
  private void execute(Runnable task) {
    try {
      Objects.requireNonNull(executor).execute(task);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.warn("the executor did not take a task, which runs on the director's thread", e);
      task.run();
    }
  }

  private void open() {
    EventLoopGroup group = options.eventLoopGroup;
    if (group == null) {
      Transport transport = options.transport == null ? Transport.best() : options.transport;
      group = transport.newGroup(options.threads, "evenkeel");
      ownGroup = group;
    }
    executor = options.executor;
    if (executor == null) {
      ownExecutor =
          Executors.newCachedThreadPool(new DefaultThreadFactory("evenkeel-events", true));
      executor = ownExecutor;
    }
    ListenerCalls calls =
        new ListenerCalls(
            Objects.requireNonNull(executor), control.executor(), options.listenerTimeout);
    EventQueue<EventListener, Event> queue =
        new EventQueue<>(List.copyOf(options.listeners), EventListener::onEvent, calls);
    events = queue;
    TemplateListener listener = options.templateListener;
    TemplateChanges changes =
        listener == null
            ? null
            : new TemplateChanges(listener, calls, control.executor(), options.nanoTime);
    templateChanges = changes;
    PlaneContext context =
        new PlaneContext(
            group,
            options.allocator,
            options.meterRegistry,
            (service, text) ->
                control
                    .executor()
                    .execute(
                        () ->
                            new Chronicle(queue).tell(Event.Kind.DATA_PLANE, service, null, text)));
    List<DataPlane> planes = options.planes.stream().map(p -> p.create(context)).toList();
    controller =
        new Controller(
            control.executor(),
            context,
            new Planes(planes),
            Map.copyOf(options.schedulers),
            queue,
            changes == null ? null : changes.changes(),
            options.nanoTime);
  }

  private void end() {
    if (templateChanges != null) {
      templateChanges.await();
    }
    if (events != null) {
      events.await();
    }
    control.shutdown();
    if (ownGroup != null) {
      ownGroup.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
    if (ownExecutor != null) {
      ownExecutor.shutdown();
    }
  }

  private Controller running() {
    Controller current = controller;
    if (life != Life.RUNNING || current == null) {
      throw new IllegalStateException("director: " + life + " (expected: RUNNING)");
    }
    return current;
  }

  /** Runs on the control thread and waits for it, which its own threads must not. */
  private <T> T call(Callable<T> task) {
    refuseOwnThreads();
    return control.call(task);
  }

  private void refuseOwnThreads() {
    Controller current = controller;
    if (control.isCurrent() || (current != null && isEventLoop(current.eventLoops()))) {
      throw new IllegalStateException(
          "called on " + Thread.currentThread().getName() + " (expected: a thread that may block)");
    }
  }

  private static boolean isEventLoop(EventLoopGroup group) {
    for (EventExecutor loop : group) {
      if (loop.inEventLoop()) {
        return true;
      }
    }
    return false;
  }

  /** Collects the parts of a {@link Director}. Not thread-safe. */
  public static final class Builder {
    private final List<VirtualService> services = new ArrayList<>();
    private final List<DataPlane.Factory> planes = new ArrayList<>();
    private final List<EventListener> listeners = new ArrayList<>();
    private final Map<String, Scheduler> schedulers = new HashMap<>();
    private Duration listenerTimeout = Duration.ofSeconds(5);
    private int threads = Runtime.getRuntime().availableProcessors();
    private @Nullable TemplateListener templateListener;
    private @Nullable Transport transport;
    private @Nullable EventLoopGroup eventLoopGroup;
    private @Nullable Executor executor;
    private ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    private MeterRegistry meterRegistry = new CompositeMeterRegistry();
    private LongSupplier nanoTime = System::nanoTime;

    private Builder(Builder other) {
      services.addAll(other.services);
      planes.addAll(other.planes);
      listeners.addAll(other.listeners);
      schedulers.putAll(other.schedulers);
      listenerTimeout = other.listenerTimeout;
      templateListener = other.templateListener;
      threads = other.threads;
      transport = other.transport;
      eventLoopGroup = other.eventLoopGroup;
      executor = other.executor;
      allocator = other.allocator;
      meterRegistry = other.meterRegistry;
      nanoTime = other.nanoTime;
    }

    private Builder() {
      for (String name : Schedulers.names()) {
        schedulers.put(name, Schedulers.named(name).orElseThrow());
      }
    }

    /**
     * Adds a virtual service.
     *
     * @param service what it shall be
     * @return this
     */
    public Builder service(VirtualService service) {
      services.add(service);
      return this;
    }

    /**
     * Adds a way to carry the traffic of all services. Without one, only {@link Dispatcher}s work.
     *
     * @param factory makes the plane, such as {@code TcpProxy.create()}
     * @return this
     */
    public Builder dataPlane(DataPlane.Factory factory) {
      planes.add(factory);
      return this;
    }

    /**
     * Makes a scheduler of one's own known by a name.
     *
     * @param name what {@link VirtualService#scheduler} calls it; may stand in for a built-in one
     * @param scheduler the algorithm
     * @return this
     */
    public Builder scheduler(String name, Scheduler scheduler) {
      schedulers.put(name, scheduler);
      return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener told of every event, in order
     * @return this
     */
    public Builder listener(EventListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Has the templates of all persistent services told, so that other nodes may {@link
     * Director#accept} them. Without a listener nothing is kept for it.
     *
     * @param listener told of every template that this node makes or renews
     * @return this
     */
    public Builder templateListener(TemplateListener listener) {
      templateListener = listener;
      return this;
    }

    /**
     * How long the next event waits for a listener, and how long closing waits until all listeners
     * were told of everything.
     *
     * @param timeout over 0; 5 s if not set
     * @return this
     * @throws IllegalArgumentException if it is 0 or negative
     */
    public Builder listenerTimeout(Duration timeout) {
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException("listenerTimeout: " + timeout + " (expected: over 0)");
      }
      listenerTimeout = timeout;
      return this;
    }

    /**
     * How many event loops the director starts, if none are handed in.
     *
     * @param count 1..1024; one a processor if not set
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder threads(int count) {
      if (count < 1 || count > 1024) {
        throw new IllegalArgumentException("threads: " + count + " (expected: 1..1024)");
      }
      threads = count;
      return this;
    }

    /**
     * What the event loops that the director starts run on.
     *
     * @param value the transport; the best that works here if not set
     * @return this
     */
    public Builder transport(Transport value) {
      transport = value;
      return this;
    }

    /**
     * Event loops to use instead of own ones.
     *
     * @param group stays open when the director is closed
     * @return this
     */
    public Builder eventLoopGroup(EventLoopGroup group) {
      eventLoopGroup = group;
      return this;
    }

    /**
     * What listeners are called on, instead of own threads.
     *
     * @param value stays open when the director is closed
     * @return this
     */
    public Builder executor(Executor value) {
      executor = value;
      return this;
    }

    /**
     * What makes buffers, instead of Netty's default.
     *
     * @param value the allocator
     * @return this
     */
    public Builder allocator(ByteBufAllocator value) {
      allocator = value;
      return this;
    }

    /**
     * Where meters go. None are kept if not set.
     *
     * @param registry stays open when the director is closed, without the director's meters
     * @return this
     */
    public Builder meterRegistry(MeterRegistry registry) {
      meterRegistry = registry;
      return this;
    }

    /** The clock of dispatchers, templates and warm-ups, for tests. */
    Builder nanoTime(LongSupplier clock) {
      nanoTime = clock;
      return this;
    }

    /**
     * Makes the director. It does nothing until it is started.
     *
     * @return the director
     */
    public Director build() {
      return new Director(this);
    }
  }
}

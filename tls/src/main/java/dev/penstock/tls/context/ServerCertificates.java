package dev.penstock.tls.context;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.tls.pem.BadCertificateException;
import dev.penstock.tls.pem.SelfSigned;
import dev.penstock.tls.sni.HostIndex;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates that are served now, by server name. A context is built when a client first asks
 * for its certificate, so that thousands of certificates cost nothing until then, and only so many
 * are kept. What is built or let go never touches a connection that is open.
 */
public final class ServerCertificates {

    private static final Logger log = LoggerFactory.getLogger(ServerCertificates.class);

    private static final String SELF_SIGNED_NAME = "penstock default certificate";

    private final ServerTlsSettings settings;
    private final SslProvider provider;
    private final TicketKeys ticketKeys;
    private final Cache<CertificateSlot, ServerContext> contexts;

    private volatile State state = State.EMPTY;

    /** Takes a good part of a second in a young JVM, so it is made beside everything else. */
    private final FutureTask<CertificateSlot> selfSigned =
            new FutureTask<>(() ->
                    new CertificateSlot(SelfSigned.create(SELF_SIGNED_NAME, List.of("localhost"))));

    public ServerCertificates(ServerTlsSettings settings) {
        this(settings, System::nanoTime);
    }

    ServerCertificates(ServerTlsSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.provider = settings.provider().resolve();
        this.ticketKeys = new TicketKeys(settings.ticketRotation(), nanoTime);
        this.contexts =
                Caffeine.newBuilder()
                        .maximumSize(settings.contextsMax())
                        .expireAfterAccess(settings.contextIdleTime())
                        .executor(Runnable::run) // the little that is to do needs no other thread
                        .build();
    }

    /** The TLS implementation in use, with its version. */
    public String providerName() {
        return TlsProvider.describe(provider);
    }

    /** How many contexts are built now. */
    public long contextCount() {
        contexts.cleanUp();
        return contexts.estimatedSize();
    }

    /**
     * Serves other certificates from now on. Contexts of those that stay are kept; those of the
     * others are let go. Certificates that are the same instances as before cost nothing to
     * compare.
     */
    public synchronized void update(TlsConfig config) {
        State old = state;
        IdentityHashMap<Certificate, CertificateSlot> byInstance = new IdentityHashMap<>();
        Map<CertificateSlot, CertificateSlot> byContent = new HashMap<>();
        Map<HostPattern, CertificateSlot> hosts = new HashMap<>();
        config.certificates()
                .forEach((host, certificate) ->
                        hosts.put(host, slot(certificate, byInstance, byContent, old)));
        Certificate given = config.defaultCertificate();
        CertificateSlot defaultSlot =
                given == null ? null : slot(given, byInstance, byContent, old);
        state = new State(new HostIndex<>(hosts), defaultSlot, byInstance, byContent);
        if (given == null && !selfSigned.isDone()) {
            Thread.ofPlatform().daemon().name("penstock-self-signed").start(selfSigned);
        }
        for (CertificateSlot slot : old.byContent.values()) {
            if (!byContent.containsKey(slot)) {
                synchronized (slot) {
                    slot.retire();
                }
                contexts.invalidate(slot);
            }
        }
    }

    private static CertificateSlot slot(
            Certificate certificate,
            IdentityHashMap<Certificate, CertificateSlot> byInstance,
            Map<CertificateSlot, CertificateSlot> byContent,
            State old) {
        CertificateSlot slot = byInstance.get(certificate);
        if (slot == null) {
            slot = old.byInstance.get(certificate);
            if (slot == null) {
                CertificateSlot made = new CertificateSlot(certificate);
                slot = old.byContent.getOrDefault(made, made);
            }
            CertificateSlot same = byContent.putIfAbsent(slot, slot);
            slot = same == null ? slot : same;
            byInstance.put(certificate, slot);
        }
        return slot;
    }

    /**
     * The context for a client. Builds it if need be, which takes about a millisecond. A
     * certificate that cannot be used is logged once, and the default is served instead.
     *
     * @param serverName what the client asked for; null where it did not say
     */
    public SslContext select(@Nullable String serverName) {
        State now = state;
        CertificateSlot slot = now.index.select(serverName);
        ServerContext context = slot == null ? null : context(slot);
        if (context == null && now.defaultSlot != null) {
            context = context(now.defaultSlot);
        }
        if (context == null) {
            context = context(selfSigned());
        }
        if (context == null) {
            throw new IllegalStateException("the certificate made at start cannot be used");
        }
        return context.withTicketKeys(ticketKeys.current());
    }

    /**
     * A handler to put first into a connection's pipeline: reads the server name, bounded in bytes
     * and time, and puts the TLS handler of its context in its own place. Not to be shared.
     */
    public ChannelHandler newHandler() {
        return new ServerTlsHandler(this, settings);
    }

    private @Nullable ServerContext context(CertificateSlot slot) {
        if (slot.isBroken()) {
            return null;
        }
        ServerContext context = contexts.getIfPresent(slot);
        return context == null ? built(slot) : context;
    }

    private @Nullable ServerContext built(CertificateSlot slot) {
        synchronized (slot) {
            ServerContext context = contexts.getIfPresent(slot);
            if (context == null && !slot.isBroken()) {
                context = build(slot);
                // One that was taken out meanwhile serves this connection and is not kept.
                if (context != null && !slot.isRetired()) {
                    contexts.put(slot, context);
                }
            }
            return context;
        }
    }

    private @Nullable ServerContext build(CertificateSlot slot) {
        try {
            return ServerContext.create(slot.certificate(), settings, provider);
        } catch (BadCertificateException | SSLException | RuntimeException e) {
            // RuntimeException: the providers throw several kinds for keys they do not take.
            slot.breakDown();
            log.warn(
                    "{}: the certificate cannot be served: {}; the default certificate is served"
                            + " instead",
                    slot.certificate().source(),
                    e.getMessage());
            return null;
        }
    }

    private CertificateSlot selfSigned() {
        selfSigned.run(); // does nothing where it runs already
        try {
            return selfSigned.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("no default certificate can be made", e.getCause());
        }
    }

    /** What is served between two updates. */
    private record State(
            HostIndex<CertificateSlot> index,
            @Nullable CertificateSlot defaultSlot,
            IdentityHashMap<Certificate, CertificateSlot> byInstance,
            Map<CertificateSlot, CertificateSlot> byContent) {

        static final State EMPTY =
                new State(new HostIndex<>(Map.of()), null, new IdentityHashMap<>(), Map.of());
    }
}

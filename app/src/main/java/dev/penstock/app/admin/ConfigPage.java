package dev.penstock.app.admin;

import dev.penstock.app.metrics.CertificateDates;
import dev.penstock.model.Problem;
import dev.penstock.proxy.exchange.ActiveConfig;
import dev.penstock.proxy.runtime.ProxyServer;
import java.util.List;
import java.util.function.Supplier;

/** {@code /configz}: what is being served. */
public final class ConfigPage implements AdminPage {

    private final ProxyServer proxy;
    private final CertificateDates certificates;
    private final Supplier<List<Problem>> problems;

    /**
     * @param problems all that is wrong with objects now
     */
    public ConfigPage(
            ProxyServer proxy, CertificateDates certificates, Supplier<List<Problem>> problems) {
        this.proxy = proxy;
        this.certificates = certificates;
        this.problems = problems;
    }

    @Override
    public AdminAnswer answer(AdminQuery query) {
        ActiveConfig active = proxy.config();
        return AdminAnswer.json(
                200,
                ConfigJson.of(
                        active.generation(),
                        active.appliedAt(),
                        proxy.listeners(),
                        active.configuration(),
                        certificates.of(active.configuration().tls()),
                        problems.get()));
    }
}

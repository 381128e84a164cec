package dev.penstock.app.admin;

import dev.penstock.app.metrics.CertificateDates;
import dev.penstock.proxy.exchange.ActiveConfig;
import dev.penstock.proxy.runtime.ProxyServer;

/** {@code /configz}: what is being served. */
public final class ConfigPage implements AdminPage {

    private final ProxyServer proxy;
    private final CertificateDates certificates;

    public ConfigPage(ProxyServer proxy, CertificateDates certificates) {
        this.proxy = proxy;
        this.certificates = certificates;
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
                        certificates.of(active.configuration().tls())));
    }
}

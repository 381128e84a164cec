package dev.penstock.app.admin;

import dev.penstock.app.explain.ExplainRequest;
import dev.penstock.app.explain.Explainer;
import dev.penstock.app.explain.ExplanationJson;
import dev.penstock.app.explain.ExplanationText;
import dev.penstock.app.explain.RequestExplanation;
import dev.penstock.l4.L4Settings;
import dev.penstock.l4.ServiceExplanation;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.proxy.exchange.ActiveConfig;
import dev.penstock.proxy.runtime.ProxyServer;
import org.jspecify.annotations.Nullable;

/**
 * {@code /explain}: what becomes of a request, by {@code url}, {@code method} and any number of
 * {@code header}; or of a connection to a Service, by {@code service}. {@code format=text} is for
 * people; else it is JSON.
 */
public final class ExplainPage implements AdminPage {

    private final ProxyServer proxy;
    private final @Nullable L4Settings node;

    /**
     * @param node which endpoints the rules of this node may lead to; null where it makes none
     */
    public ExplainPage(ProxyServer proxy, @Nullable L4Settings node) {
        this.proxy = proxy;
        this.node = node;
    }

    @Override
    public AdminAnswer answer(AdminQuery query) {
        ActiveConfig active = proxy.config();
        Explainer explainer =
                new Explainer(active.configuration(), active.routes(), proxy.services(), node);
        boolean text = "text".equals(query.first("format"));
        String service = query.first("service");
        if (service != null) {
            ServiceExplanation report = explainer.explain(ServicePortRef.parse(service));
            return text
                    ? AdminAnswer.text(200, ExplanationText.of(report))
                    : AdminAnswer.json(200, ExplanationJson.of(report));
        }
        String url = query.first("url");
        if (url == null || url.isEmpty()) {
            return AdminAnswer.text(400, "url: missing (expected: /explain?url=http://host/path)");
        }
        String method = query.first("method");
        RequestExplanation explanation =
                explainer.explain(
                        ExplainRequest.parse(
                                url, method == null ? "GET" : method, query.all("header")));
        return text
                ? AdminAnswer.text(200, ExplanationText.of(explanation))
                : AdminAnswer.json(200, ExplanationJson.of(explanation));
    }
}

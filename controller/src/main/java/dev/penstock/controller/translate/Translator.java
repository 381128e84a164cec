package dev.penstock.controller.translate;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.Problem;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.service.Services;
import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns objects into a configuration. The result depends on the settings, the objects and the given
 * time alone; what was translated before is remembered only so that the cost follows the change,
 * and so that what did not change is the same instance as before. For one thread at a time.
 */
@SuppressWarnings("ReferenceEquality") // parts that did not change are the same instances
public final class Translator {

    private static final Comparator<Problem> PROBLEM_ORDER =
            Comparator.comparing(Problem::object)
                    .thenComparing(Problem::field)
                    .thenComparing(Problem::reason)
                    .thenComparing(Problem::message)
                    .thenComparing(Problem::consequence)
                    .thenComparing(problem -> String.valueOf(problem.location()));

    private final TranslatorSettings settings;
    private final CertificateJudge judge;
    private final PlanTable plans = new PlanTable();
    private final HostTable hosts = new HostTable();
    private final ServiceTable services;
    private final ObjectProblems objectProblems = new ObjectProblems();
    private ClusterState last = ClusterState.EMPTY;
    private Defaults defaults = Defaults.NONE;
    private Translation translation = new Translation(Configuration.EMPTY, List.of());
    private SortedMap<HostPattern, VirtualHost> shownHosts = hosts.hosts();
    private SortedMap<HostPattern, Certificate> shownCertificates = hosts.certificates();
    private boolean problemsChanged;
    private boolean ingressesChanged;

    /** Makes a translator that has seen nothing yet. */
    public Translator(TranslatorSettings settings) {
        this(settings, new CertificateJudge());
    }

    /**
     * Makes a translator that shares what is known of certificates.
     *
     * @param judge used by the translator's thread only
     */
    public Translator(TranslatorSettings settings, CertificateJudge judge) {
        this.settings = requireNonNull(settings, "settings");
        this.judge = requireNonNull(judge, "judge");
        this.services = new ServiceTable(settings.nodeName());
    }

    /**
     * Whether an Ingress is served under the settings, so that what it names is needed. Any thread.
     */
    public static boolean isOurs(
            TranslatorSettings settings, ClusterState state, IngressObject ingress) {
        return new ClassSelection(settings, state.ingressClasses()).select(ingress).isOurs();
    }

    /**
     * Translates a state.
     *
     * @param state the objects
     * @param now the time by which certificates are judged
     * @return the translation; the one before, where neither objects nor time changed anything
     */
    public Translation translate(ClusterState state, Instant now) {
        IngressPlanner planner = new IngressPlanner(settings, state, judge, now);
        plans.update(last, state, planner, now, this::replace);
        hosts.update();
        updateObjectProblems(state);
        Defaults newDefaults = Defaults.of(settings, state, judge);
        problemsChanged |= !newDefaults.problems().equals(defaults.problems());
        problemsChanged |= !state.sourceProblems().equals(last.sourceProblems());
        defaults = newDefaults.equals(defaults) ? defaults : newDefaults;
        Services newServices = services.update(last, state);
        judge.retain(state.secrets().keySet());
        translation = assemble(state, newServices);
        last = state;
        problemsChanged = false;
        ingressesChanged = false;
        return translation;
    }

    private void replace(@Nullable IngressPlan before, @Nullable IngressPlan after) {
        problemsChanged |=
                !(before == null ? List.of() : before.problems())
                        .equals(after == null ? List.of() : after.problems());
        // Conflicts of hosts come and go with claims.
        problemsChanged |=
                before == null || after == null || !before.claims().equals(after.claims());
        ingressesChanged |=
                (before != null && before.isOurs()) || (after != null && after.isOurs());
        hosts.replace(before, after);
    }

    /** What was wrong with objects other than Ingresses, whose plans hold theirs. */
    private void updateObjectProblems(ClusterState state) {
        problemsChanged |= objectProblems.update(last.ingressClasses(), state.ingressClasses());
        problemsChanged |= objectProblems.update(last.services(), state.services());
        problemsChanged |= objectProblems.update(last.slices(), state.slices());
        problemsChanged |= objectProblems.update(last.secrets(), state.secrets());
        problemsChanged |= objectProblems.update(last.configMaps(), state.configMaps());
    }

    private Translation assemble(ClusterState state, Services newServices) {
        Configuration before = translation.configuration();
        HttpConfig http = before.http();
        if (shownHosts != hosts.hosts() || !Objects.equals(http.defaultRoute(), defaults.route())) {
            http = new HttpConfig(hosts.hosts(), defaults.route());
        }
        TlsConfig tls = before.tls();
        if (shownCertificates != hosts.certificates()
                || !Objects.equals(tls.defaultCertificate(), defaults.certificate())) {
            tls = new TlsConfig(hosts.certificates(), defaults.certificate());
        }
        shownHosts = hosts.hosts();
        shownCertificates = hosts.certificates();
        List<Problem> problems = problemsChanged ? problems(state) : before.problems();
        if (problems.equals(before.problems())) {
            problems = before.problems();
        }
        boolean same =
                http == before.http()
                        && tls == before.tls()
                        && newServices == before.services()
                        && problems == before.problems();
        if (same && !ingressesChanged) {
            return translation;
        }
        return new Translation(
                same ? before : new Configuration(http, tls, newServices, problems),
                ingressesChanged ? plans.ours() : translation.ingresses());
    }

    private List<Problem> problems(ClusterState state) {
        List<Problem> problems = new ArrayList<>(state.sourceProblems());
        objectProblems.addTo(problems);
        plans.addProblems(problems);
        hosts.addProblems(problems);
        problems.addAll(defaults.problems());
        problems.sort(PROBLEM_ORDER);
        return problems;
    }
}

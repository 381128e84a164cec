package dev.penstock.e2e.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The switches of the chart, and settings that put every two of them into every two positions. All
 * combinations would be many billions; a fault that takes three switches at once is not found.
 */
public final class Combinations {

    /** With each switch, its positions: settings as {@code --set} takes them, the default empty. */
    private static final List<List<String>> SWITCHES =
            List.of(
                    List.of("", "fullnameOverride=edge", "nameOverride=proxy"),
                    List.of("", "commonLabels.team=net"),
                    List.of("", "image.digest=sha256:" + "0".repeat(64)),
                    List.of("", "image.pullSecrets[0].name=registry"),
                    List.of(
                            "",
                            "ingressClass.create=false",
                            "ingressClass.default=true",
                            "ingressClass.name=other,ingressClass.controller=example.com/other"),
                    List.of(
                            "",
                            "scope.namespaces={team-a,team-b}",
                            "scope.namespaces={team-b,penstock},rbac.clusterScoped=false"),
                    List.of("", "scope.labelSelector=tier in (a\\,b)", "scope.withoutClass=true"),
                    List.of("", "scope.externalName=false"),
                    List.of("", "scope.defaultBackend=infra/fallback"),
                    List.of("", "scope.defaultTlsSecret=infra/fallback"),
                    List.of("", "rbac.create=false"),
                    List.of("", "controller.enabled=false"),
                    List.of(
                            "",
                            "controller.kind=DaemonSet",
                            "controller.autoscaling.enabled=true",
                            "controller.replicas=5"),
                    List.of("", "controller.accessLog=json", "controller.accessLog=text"),
                    List.of(
                            "",
                            "controller.trustedProxies={10.0.0.0/8,2001:db8::/32}",
                            "controller.trustedProxies={10.0.0.0/8},controller.proxyProtocol=true"),
                    List.of("", "controller.bind=::"),
                    List.of(
                            "",
                            "controller.hostPorts.enabled=true",
                            "controller.hostNetwork=true",
                            "controller.hostPorts.enabled=true,controller.hostNetwork=true"),
                    List.of(
                            "",
                            "controller.ports.http=9080,controller.ports.https=9443,"
                                    + "controller.ports.admin=9254"),
                    List.of(
                            "",
                            "controller.transport=epoll,controller.eventLoops=2,"
                                    + "controller.logLevel=debug"),
                    List.of("", "controller.topologyHints=false"),
                    List.of("", "controller.publishAddresses={192.0.2.1,lb.example.com}"),
                    List.of("", "controller.javaOptions=-Xmx256m"),
                    List.of(
                            "",
                            "controller.updateStrategy.type=RollingUpdate",
                            "controller.updateStrategy.rollingUpdate.maxUnavailable=50%"),
                    List.of(
                            "",
                            "controller.serviceAccount.create=false,"
                                    + "controller.serviceAccount.name=mine"),
                    List.of(
                            "",
                            "controller.podLabels.a=b,controller.podAnnotations.c=d,"
                                    + "controller.nodeSelector.e=f,controller.tolerations[0].key=g,"
                                    + "controller.priorityClassName=system-cluster-critical"),
                    List.of(
                            "",
                            "controller.topologySpread.enabled=false",
                            "controller.topologySpread.whenUnsatisfiable=DoNotSchedule"),
                    List.of("", "controller.securityContext.runAsUser=1000"),
                    List.of(
                            "",
                            "controller.disruptionBudget.enabled=false",
                            "controller.disruptionBudget.maxUnavailable=25%"),
                    List.of(
                            "",
                            "service.enabled=false",
                            "service.type=NodePort,service.nodePorts.http=30080",
                            "service.type=ClusterIP",
                            "service.loadBalancerClass=example.com/lb",
                            "service.externalTrafficPolicy=Cluster"),
                    List.of(
                            "",
                            "service.ipFamilyPolicy=PreferDualStack,"
                                    + "service.loadBalancerSourceRanges={192.0.2.0/24},"
                                    + "service.annotations.a=b"),
                    List.of(
                            "",
                            "networkPolicy.enabled=true",
                            "networkPolicy.enabled=true,"
                                    + "networkPolicy.adminFrom[0].namespaceSelector.matchLabels.a=b"),
                    List.of(
                            "",
                            node(""),
                            node("mode=nftables"),
                            node("mode=iptables"),
                            node("mode=iptables,node.localhostNodePorts=false"),
                            node("mode=ipvs,node.ipvsScheduler=wlc"),
                            node("mode=userspace,node.udpTimeout=1m30s")),
                    List.of(
                            "",
                            "node.loadBalancer.pool={192.0.2.0/28,2001:db8::10-2001:db8::1f}",
                            "node.loadBalancer.pool={192.0.2.0/28},node.loadBalancer.unclassed=true,"
                                    + "node.loadBalancer.interface=eth1"),
                    List.of(
                            "",
                            "node.clusterCidrs={10.244.0.0/16,fd00::/48},"
                                    + "node.serviceCidrs={10.96.0.0/16},"
                                    + "node.nodePortAddresses={10.0.0.0/8},node.masqueradeAll=true,"
                                    + "node.minSyncPeriod=1s,node.syncPeriod=1m,"
                                    + "node.allowBesideKubeProxy=true,node.logLevel=trace",
                            "node.nodePortAddresses={primary}"),
                    List.of(
                            "",
                            "node.metricsHost=0.0.0.0",
                            "node.metricsHost=::,node.metricsPort=11249,node.healthPort=11256"),
                    List.of("", "metrics.serviceMonitor.enabled=true"),
                    List.of("", "metrics.dashboard.enabled=true"),
                    List.of("", "metrics.rules.enabled=true"));

    private Combinations() {}

    private static String node(String more) {
        String base = "node.enabled=true,node.apiServer.host=192.0.2.1";
        return more.isEmpty() ? base : base + ",node." + more;
    }

    /** Each switch in each position, with the others at their defaults. */
    static List<List<String>> alone() {
        return SWITCHES.stream()
                .flatMap(List::stream)
                .filter(setting -> !setting.isEmpty())
                .map(List::of)
                .toList();
    }

    /** The defaults, each switch in each position alone, then rows until each two have met. */
    public static List<List<String>> all() {
        Set<List<String>> all = new LinkedHashSet<>();
        all.add(List.of());
        all.addAll(alone());
        all.addAll(pairs());
        return List.copyOf(all);
    }

    /** A switch in a position. */
    private record Position(int index, String setting) {}

    private record Pair(Position one, Position other) {}

    /** Greedy: begins with a pair that has not met, and gives each switch its best position. */
    private static Set<List<String>> pairs() {
        Set<Pair> open = new LinkedHashSet<>();
        for (int i = 0; i < SWITCHES.size(); i++) {
            for (int j = i + 1; j < SWITCHES.size(); j++) {
                for (Position one : positions(i)) {
                    positions(j).forEach(other -> open.add(new Pair(one, other)));
                }
            }
        }
        Set<List<String>> rows = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            Pair first = open.iterator().next();
            List<Position> row = new ArrayList<>(List.of(first.one(), first.other()));
            for (int i = 0; i < SWITCHES.size(); i++) {
                if (i != first.one().index() && i != first.other().index()) {
                    row.add(best(i, row, open));
                }
            }
            for (Position position : row) {
                open.removeAll(met(position, row));
            }
            row.sort(Comparator.comparingInt(Position::index));
            rows.add(row.stream().map(Position::setting).filter(s -> !s.isEmpty()).toList());
        }
        return rows;
    }

    private static List<Position> positions(int index) {
        return SWITCHES.get(index).stream().map(s -> new Position(index, s)).toList();
    }

    private static Position best(int index, List<Position> row, Set<Pair> open) {
        return positions(index).stream()
                .max(
                        Comparator.comparingLong(
                                p -> met(p, row).stream().filter(open::contains).count()))
                .orElseThrow();
    }

    /** The pairs of a position and the others of a row. */
    private static List<Pair> met(Position position, List<Position> row) {
        return row.stream()
                .filter(other -> other.index() != position.index())
                .map(other ->
                        other.index() < position.index()
                                ? new Pair(other, position)
                                : new Pair(position, other))
                .toList();
    }
}

package dev.penstock.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.controller.state.NodeObject;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.Route;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.Services;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds whatever the objects are: all cases of {@link GoldenTest} are put through it. */
class TranslatorTest {

    private static final long SEED = 20260101;

    @TempDir Path directory;

    private final Instant now = Instant.now();
    private List<KubernetesObject> objects = List.of();

    @BeforeEach
    void gatherObjects() throws Exception {
        List<KubernetesObject> gathered = new ArrayList<>();
        Set<ObjectRef> seen = new HashSet<>();
        for (String name : GoldenTest.names().toList()) {
            for (KubernetesObject object : all(GoldenTest.read(name, directory).state())) {
                // Many cases have an Ingress shop/a: each gets a namespace like its own file.
                if (seen.add(object.ref())) {
                    gathered.add(object);
                }
            }
        }
        objects = gathered;
    }

    @Test
    void orderOfObjectsDoesNotMatter() {
        Configuration expected = translate(state(objects));
        Random random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            List<KubernetesObject> shuffled = new ArrayList<>(objects);
            Collections.shuffle(shuffled, random);
            assertThat(translate(state(shuffled))).isEqualTo(expected);
        }
    }

    @Test
    void changesGiveWhatStartingAnewGives() {
        Random random = new Random(SEED);
        Translator translator = new Translator(TranslatorSettings.MANIFESTS);
        ClusterState state = ClusterState.EMPTY;
        for (int step = 0; step < 600; step++) {
            ClusterState.Builder change = state.change();
            for (int i = random.nextInt(4); i >= 0; i--) {
                KubernetesObject object = objects.get(random.nextInt(objects.size()));
                if (random.nextInt(3) == 0) {
                    change.remove(object.ref());
                } else {
                    change.put(varied(object, random));
                }
            }
            state = change.build();
            Translation next = translator.translate(state, now);
            Translation anew = new Translator(TranslatorSettings.MANIFESTS).translate(state, now);
            assertThat(next).isEqualTo(anew);
        }
    }

    @Test
    void passingTimeGivesWhatStartingAnewGives() {
        ClusterState state = state(objects);
        Translator translator = new Translator(TranslatorSettings.MANIFESTS);
        for (int days : new int[] {-30, 0, 100, 396, 400, 800}) {
            Instant then = now.plus(Duration.ofDays(days));
            assertThat(translator.translate(state, then))
                    .isEqualTo(new Translator(TranslatorSettings.MANIFESTS).translate(state, then));
        }
    }

    @Test
    void sameStateGivesSameInstance() {
        Translator translator = new Translator(TranslatorSettings.MANIFESTS);
        Translation first = translator.translate(state(objects), now);
        assertThat(translator.translate(state(objects), now)).isSameAs(first);
    }

    @Test
    void hostsThatDidNotChangeStayTheSameInstances() throws Exception {
        ClusterState state = GoldenTest.read("class-field-before-annotation", directory).state();
        Translator translator = new Translator(TranslatorSettings.MANIFESTS);
        ClusterState two = state.with(copy(ingress(state, "a"), "second", "second.example.com"));
        Configuration before = translator.translate(two, now).configuration();
        ClusterState changed = two.with(copy(ingress(state, "a"), "second", "other.example.com"));
        Configuration after = translator.translate(changed, now).configuration();
        HostPattern untouched = new HostPattern("a.example.com");
        assertThat(after.http().hosts()).containsKey(new HostPattern("other.example.com"));
        assertThat(after.http().hosts()).doesNotContainKey(new HostPattern("second.example.com"));
        assertThat(after.http().hosts().get(untouched))
                .isSameAs(before.http().hosts().get(untouched));
        assertThat(after.tls()).isSameAs(before.tls());
        assertThat(after.services()).isSameAs(before.services());
    }

    @Test
    void endpointsChangeNoRoute() throws Exception {
        ClusterState state = GoldenTest.read("services-several-slices", directory).state();
        Translator translator = new Translator(TranslatorSettings.MANIFESTS);
        Configuration before = translator.translate(state, now).configuration();
        ObjectRef slice = state.slices().keySet().iterator().next();
        Configuration after = translator.translate(state.without(slice), now).configuration();
        assertThat(after.http()).isSameAs(before.http());
        ServiceName web = new ServiceName("shop", "web");
        assertThat(after.services().byName().get(web))
                .isNotEqualTo(before.services().byName().get(web));
    }

    @Test
    void servicesAreSeenFromTheZoneOfTheOwnNodeAlone() throws Exception {
        ClusterState state = GoldenTest.read("services-several-slices", directory).state();
        ServiceView view = new ServiceView("node1");
        Services before = view.update(state.with(node("node2", "b")));
        Services after = view.update(state.with(node("node2", "b")).with(node("node1", "a")));

        assertThat(before.zone()).isNull();
        assertThat(after.zone()).isEqualTo("a");
        assertThat(after.byName()).isEqualTo(before.byName());
        assertThat(view.update(state.with(node("node1", "a")))).isSameAs(after);
    }

    private static NodeObject node(String name, String zone) {
        ObjectMeta meta =
                new ObjectMeta(
                        new ObjectRef(NodeObject.KIND, "", name), "", null, Map.of(), null, 0);
        return new NodeObject(meta, false, zone, List.of());
    }

    @Test
    void badIngressTakesNothingFromGoodOnes() throws Exception {
        ClusterState good = GoldenTest.read("tls-listed-host", directory).state();
        Configuration alone = translate(good);
        for (String name : List.of("objects-wrong-types", "path-invalid", "hosts-invalid")) {
            ClusterState.Builder both = good.change();
            for (KubernetesObject object : all(GoldenTest.read(name, directory).state())) {
                if (object instanceof IngressObject ingress) {
                    both.put(renamed(ingress, "bad"));
                }
            }
            Configuration together = translate(both.build());
            alone.http()
                    .hosts()
                    .forEach((host, expected) ->
                            assertThat(routes(together, host)).containsAll(expected.routes()));
            assertThat(together.tls()).isEqualTo(alone.tls());
        }
    }

    @Test
    void problemsAreSortedAndNameTheirObject() {
        List<Problem> problems = translate(state(objects)).problems();
        assertThat(problems).isSortedAccordingTo((a, b) -> a.object().compareTo(b.object()));
        assertThat(problems)
                .allSatisfy(
                        problem -> assertThat(problem.summary()).doesNotContain("\n").isNotBlank());
    }

    private Configuration translate(ClusterState state) {
        return new Translator(TranslatorSettings.MANIFESTS).translate(state, now).configuration();
    }

    private static List<Route> routes(Configuration configuration, HostPattern host) {
        return Objects.requireNonNull(configuration.http().hosts().get(host)).routes();
    }

    private static ClusterState state(List<KubernetesObject> objects) {
        ClusterState.Builder builder = ClusterState.EMPTY.change();
        objects.forEach(builder::put);
        return builder.build();
    }

    private static List<KubernetesObject> all(ClusterState state) {
        List<KubernetesObject> all = new ArrayList<>();
        all.addAll(state.ingresses().values());
        all.addAll(state.ingressClasses().values());
        all.addAll(state.services().values());
        all.addAll(state.slices().values());
        all.addAll(state.secrets().values());
        return all;
    }

    /** The object, or an Ingress with the rules of another name's. */
    private KubernetesObject varied(KubernetesObject object, Random random) {
        if (!(object instanceof IngressObject) || random.nextBoolean()) {
            return object;
        }
        KubernetesObject other = objects.get(random.nextInt(objects.size()));
        return other instanceof IngressObject ingress ? ingress.withMeta(object.meta()) : object;
    }

    private static IngressObject ingress(ClusterState state, String name) {
        return Objects.requireNonNull(
                state.ingresses().get(new ObjectRef(IngressObject.KIND, "shop", name)));
    }

    private static IngressObject renamed(IngressObject from, String name) {
        ObjectRef ref = new ObjectRef(IngressObject.KIND, from.ref().namespace(), name);
        return from.withMeta(
                new ObjectMeta(
                        ref,
                        "",
                        from.meta().created(),
                        from.meta().annotations(),
                        from.meta().location(),
                        1000));
    }

    private static IngressObject copy(IngressObject from, String name, String host) {
        IngressObject renamed = renamed(from, name);
        IngressObject.Rule rule = from.rules().getFirst();
        return new IngressObject(
                renamed.meta(),
                from.className(),
                from.defaultBackend(),
                List.of(new IngressObject.Rule(0, new HostPattern(host), rule.paths())),
                from.tls(),
                true,
                List.of(),
                List.of());
    }
}

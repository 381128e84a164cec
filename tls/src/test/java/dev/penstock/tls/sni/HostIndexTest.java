package dev.penstock.tls.sni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.HostPattern;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostIndexTest {

    private final HostIndex<String> index =
            new HostIndex<>(
                    Map.of(
                            new HostPattern("a.example"), "exact",
                            new HostPattern("*.example"), "wildcard",
                            new HostPattern("*.b.example"), "deeper"));

    @Test
    void exactComesBeforeWildcard() {
        assertThat(index.select("a.example")).isEqualTo("exact");
        assertThat(index.select("c.example")).isEqualTo("wildcard");
    }

    @Test
    void aWildcardStandsForOneLabel() {
        assertThat(index.select("x.b.example")).isEqualTo("deeper");
        assertThat(index.select("x.y.b.example")).isNull();
        assertThat(index.select("x.a.example")).isNull();
        assertThat(index.select("example")).isNull();
        assertThat(index.select(".example")).isNull();
    }

    @Test
    void caseAndATrailingDotDoNotMatter() {
        assertThat(index.select("A.Example")).isEqualTo("exact");
        assertThat(index.select("a.example.")).isEqualTo("exact");
    }

    @Test
    void noNameTakesWhatIsForAnyHost() {
        assertThat(index.select(null)).isNull();
        HostIndex<String> withAny = new HostIndex<>(Map.of(HostPattern.ANY, "any"));
        assertThat(withAny.select(null)).isEqualTo("any");
        assertThat(withAny.select("")).isEqualTo("any");
        assertThat(withAny.select("a.example")).isEqualTo("any");
    }
}

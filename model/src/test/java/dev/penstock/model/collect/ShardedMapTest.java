package dev.penstock.model.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class ShardedMapTest {

    private static final long SEED = 20_261_123;

    @Test
    void randomEditsHoldWhatPlainMapHolds() {
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(SEED);
        Map<String, Object> plain = new HashMap<>();
        ShardedMap<String, Object> map = ShardedMap.empty();
        for (int step = 0; step < 2000; step++) {
            Map<String, Object> former = new HashMap<>(plain);
            ShardedMap<String, Object> before = map;
            ShardedMap.Editor<String, Object> editor = map.edit();
            for (int i = random.nextInt(4); i > 0; i--) {
                String key = "k" + random.nextInt(500);
                if (random.nextInt(3) == 0) {
                    plain.remove(key);
                    editor.remove(key);
                } else {
                    Object value = new Object();
                    plain.put(key, value);
                    editor.put(key, value);
                }
            }
            map = editor.result();
            assertThat(map)
                    .as("seed %d, step %d", SEED, step)
                    .isEqualTo(plain)
                    .hasSameSizeAs(plain);
            assertThat(map.keysChangedSince(before)).isEqualTo(different(former, plain));
            assertThat(before).isEqualTo(former);
        }
    }

    @Test
    void equalValueLeavesThePresentOneInPlace() {
        ShardedMap.Editor<String, List<String>> first =
                ShardedMap.<String, List<String>>empty().edit();
        first.put("a", new ArrayList<>());
        ShardedMap<String, List<String>> map = first.result();
        ShardedMap.Editor<String, List<String>> second = map.edit();
        second.put("a", new ArrayList<>());
        second.remove("b");
        assertThat(second.isChanged()).isFalse();
        assertThat(second.result()).isSameAs(map);
    }

    @SuppressWarnings("ReferenceEquality") // identity is what the map goes by
    private static Set<String> different(Map<String, Object> before, Map<String, Object> after) {
        Set<String> keys = new HashSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.removeIf(key -> before.get(key) == after.get(key));
        return keys;
    }
}

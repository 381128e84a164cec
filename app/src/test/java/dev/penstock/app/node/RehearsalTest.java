package dev.penstock.app.node;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void worksWhateverTheMachineHas() {
        assertThatCode(Rehearsal::run).doesNotThrowAnyException();
    }
}

package dev.penstock.model.http;

/** A switch that may be left as it is. */
public enum Toggle {
    /** What holds otherwise. */
    UNSET,
    ON,
    OFF;

    public static Toggle of(boolean value) {
        return value ? ON : OFF;
    }

    /** Whether it is on, where what holds otherwise is known. */
    public boolean or(boolean otherwise) {
        return this == UNSET ? otherwise : this == ON;
    }
}

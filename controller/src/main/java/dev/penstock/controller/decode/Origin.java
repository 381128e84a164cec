package dev.penstock.controller.decode;

import dev.penstock.model.SourceLocation;
import org.jspecify.annotations.Nullable;

/**
 * Where an object's tree came from.
 *
 * @param location the file and the object's first line; null for an API server
 * @param ordinal the object's position in its file, counted from 0
 */
public record Origin(@Nullable SourceLocation location, int ordinal) {

    /** An API server. */
    public static final Origin API_SERVER = new Origin(null, 0);
}

package dev.penstock.controller.manifest;

import org.jspecify.annotations.Nullable;

/** The values of plain scalars by the core schema (YAML 1.2.2 section 10.3.2). */
final class PlainScalar {

    private PlainScalar() {}

    /** A Boolean, a Number, null, or else the text itself. */
    static @Nullable Object resolve(String text) {
        if (text.isEmpty()) {
            return null;
        }
        char first = text.charAt(0);
        if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
            return number(text);
        }
        return switch (text) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            case "null", "Null", "NULL", "~" -> null;
            default -> text;
        };
    }

    private static Object number(String text) {
        try {
            if (text.startsWith("0x")) {
                return whole(Long.parseLong(text, 2, text.length(), 16));
            }
            if (text.startsWith("0o")) {
                return whole(Long.parseLong(text, 2, text.length(), 8));
            }
            if (isDecimal(text)) {
                return whole(Long.parseLong(text));
            }
            return isFloat(text) ? (Object) Double.valueOf(text) : text;
        } catch (NumberFormatException _) {
            // Not a number after all, or one beyond 64 bits, which no field here takes.
            return text;
        }
    }

    private static Number whole(long value) {
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }

    private static boolean isDecimal(String text) {
        int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() > start;
    }

    /**
     * Whether the text has the characters of a float, and no more dots than one: most of what has
     * more is an address. Whether it is one, its parser knows.
     */
    private static boolean isFloat(String text) {
        boolean digit = false;
        boolean dot = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digit = true;
            } else if (c == '.' && !dot) {
                dot = true;
            } else if ("+-eE".indexOf(c) < 0) {
                return false;
            }
        }
        return digit;
    }
}

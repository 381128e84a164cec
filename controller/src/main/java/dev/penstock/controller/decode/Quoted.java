package dev.penstock.controller.decode;

/** Text of an object as it may stand in a message: short, and on one line. */
final class Quoted {

    private static final int LENGTH_MAX = 80;

    private Quoted() {}

    /** The text cut to a length that fits a message, control characters replaced. */
    static String shortened(String text) {
        StringBuilder result = new StringBuilder(Math.min(text.length(), LENGTH_MAX + 1));
        for (int i = 0; i < text.length() && i < LENGTH_MAX; i++) {
            char c = text.charAt(i);
            result.append(Character.isISOControl(c) ? '?' : c);
        }
        return text.length() > LENGTH_MAX ? result.append('…').toString() : result.toString();
    }
}

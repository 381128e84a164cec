package dev.penstock.proxy.observe;

import java.time.LocalDate;

/** Points in time as text in UTC, made once a second. */
abstract class TimeText {

    private static final long MILLIS_PER_SECOND = 1000;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int SECONDS_PER_HOUR = 3600;
    private static final int SECONDS_PER_MINUTE = 60;

    private final LineBuffer second = new LineBuffer();
    private long cached = Long.MIN_VALUE;

    /** {@code 2026-11-23T06:49:06.123Z}, ISO 8601. */
    static final class Iso extends TimeText {

        @Override
        void makeSecond(LineBuffer to, LocalDate date, int secondOfDay) {
            to.putDigits(date.getYear(), 4).put('-').putDigits(date.getMonthValue(), 2);
            to.put('-').putDigits(date.getDayOfMonth(), 2).put('T');
            putClock(to, secondOfDay);
            to.put('.');
        }

        @Override
        void putRest(LineBuffer to, int millis) {
            to.putDigits(millis, 3).put('Z');
        }
    }

    /** {@code 23/Nov/2026:06:49:06 +0000}, as the common log format has it. */
    static final class Common extends TimeText {

        private static final String[] MONTHS = {
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
        };

        @Override
        void makeSecond(LineBuffer to, LocalDate date, int secondOfDay) {
            to.putDigits(date.getDayOfMonth(), 2)
                    .put('/')
                    .put(MONTHS[date.getMonthValue() - 1])
                    .put('/');
            to.putDigits(date.getYear(), 4).put(':');
            putClock(to, secondOfDay);
            to.put(" +0000");
        }

        @Override
        void putRest(LineBuffer to, int millis) {}
    }

    /** Appends a point in time, given in milliseconds since 1970. */
    final void put(LineBuffer to, long epochMillis) {
        long epochSecond = Math.floorDiv(epochMillis, MILLIS_PER_SECOND);
        if (epochSecond != cached) {
            second.clear();
            makeSecond(
                    second,
                    LocalDate.ofEpochDay(Math.floorDiv(epochSecond, SECONDS_PER_DAY)),
                    (int) Math.floorMod(epochSecond, (long) SECONDS_PER_DAY));
            cached = epochSecond;
        }
        to.put(second);
        putRest(to, (int) Math.floorMod(epochMillis, MILLIS_PER_SECOND));
    }

    abstract void makeSecond(LineBuffer to, LocalDate date, int secondOfDay);

    abstract void putRest(LineBuffer to, int millis);

    private static void putClock(LineBuffer to, int secondOfDay) {
        to.putDigits(secondOfDay / SECONDS_PER_HOUR, 2).put(':');
        to.putDigits(secondOfDay % SECONDS_PER_HOUR / SECONDS_PER_MINUTE, 2).put(':');
        to.putDigits(secondOfDay % SECONDS_PER_MINUTE, 2);
    }
}

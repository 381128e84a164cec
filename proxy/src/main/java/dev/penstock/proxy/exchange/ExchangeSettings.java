package dev.penstock.proxy.exchange;

/**
 * What holds for every request.
 *
 * @param httpsPort the port that clients are redirected to when they name a port themselves; 0 for
 *     that of the first TLS listener
 * @param triesMax how many endpoints a request is tried on
 * @param interimMax interim responses of an endpoint to one request; beyond: 502
 * @param replayBytesMax bytes of request body that are kept so that the request can be sent again
 */
public record ExchangeSettings(int httpsPort, int triesMax, int interimMax, int replayBytesMax) {

    public static final ExchangeSettings DEFAULT = new ExchangeSettings(0, 3, 100, 16 * 1024);

    /** Exchanges count tries in a byte and interim responses in a short. */
    public ExchangeSettings {
        if (triesMax < 1 || triesMax >= Byte.MAX_VALUE) {
            throw new IllegalArgumentException("triesMax: " + triesMax + " (expected: 1 to 126)");
        }
        if (interimMax < 0 || interimMax >= Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "interimMax: " + interimMax + " (expected: 0 to 32766)");
        }
    }
}

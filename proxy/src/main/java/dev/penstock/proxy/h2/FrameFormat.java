package dev.penstock.proxy.h2;

/** Numbers of the frame layer (RFC 9113 section 6). */
final class FrameFormat {

    static final int HEADER_LENGTH = 9;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int HAS_PRIORITY = 0x20;

    static final int SETTINGS_HEADER_TABLE_SIZE = 1;
    static final int SETTINGS_ENABLE_PUSH = 2;
    static final int SETTINGS_MAX_CONCURRENT_STREAMS = 3;
    static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;
    static final int SETTINGS_MAX_FRAME_SIZE = 5;
    static final int SETTINGS_MAX_HEADER_LIST_SIZE = 6;
    static final int SETTING_LENGTH = 6;

    /** The largest payload we accept and the least a peer must accept. */
    static final int FRAME_SIZE_DEFAULT = 16_384;

    static final int FRAME_SIZE_MAX = (1 << 24) - 1;
    static final int WINDOW_DEFAULT = 65_535;
    static final int WINDOW_MAX = Integer.MAX_VALUE;
    static final int STREAM_ID_MAX = Integer.MAX_VALUE;

    private FrameFormat() {}
}

package dev.penstock.model.service;

/** The transport protocols of Service ports. */
public enum Protocol {
    TCP,
    UDP,
    SCTP
}

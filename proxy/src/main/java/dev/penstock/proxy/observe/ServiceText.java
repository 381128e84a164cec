package dev.penstock.proxy.observe;

import dev.penstock.model.service.ServicePortRef;

/** References to Service ports as text. */
final class ServiceText {

    private ServiceText() {}

    /** As {@link ServicePortRef#toString()}, without making a String. */
    static void put(LineBuffer to, ServicePortRef ref) {
        to.putName(ref.service().namespace()).put('/').putName(ref.service().name()).put(':');
        if (ref.number() == 0) {
            to.putName(ref.portName());
        } else {
            to.put(ref.number());
        }
    }
}

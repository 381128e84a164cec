package dev.penstock.app.admin;

import java.io.IOException;

/** A page that also takes changes, by PUT, from programs on the same machine. */
public interface ChangingPage extends AdminPage {

    /**
     * Changes what the query asks for.
     *
     * @throws IllegalArgumentException if that cannot be; the message is what the client is told
     */
    AdminAnswer change(AdminQuery query) throws IOException;
}

package dev.penstock.app.admin;

import java.io.IOException;

/** What one path of the admin port answers. Called by many threads at once. */
@FunctionalInterface
public interface AdminPage {

    AdminAnswer answer(AdminQuery query) throws IOException;
}

/**
 * Services and their endpoints, in the terms of kube-proxy. Entry type: {@link
 * dev.penstock.model.service.Services}.
 */
@NullMarked
package dev.penstock.model.service;

import org.jspecify.annotations.NullMarked;

package io.getunleash;

public interface Unleash {
    boolean isEnabled(String key);
}

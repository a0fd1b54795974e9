<?php

// Runs the programs of a folder, each in its namespace, with the flag's value.

namespace Unleash\Client {
    class Unleash
    {
        public function isEnabled(string $featureName): bool
        {
            return $featureName === 'other' || \Rt::$value;
        }
    }
}

namespace {
    error_reporting(0);

    class Rt
    {
        public static bool $value = false;
        public static array $seen = [];

        public static function note(string $text): void
        {
            if (count(self::$seen) > 5000) {
                throw new Error('endless');
            }
            self::$seen[] = $text;
        }

        public static function t(mixed $shown): void
        {
            self::note(json_encode($shown));
        }

        public static function f(int $mark, bool $given): bool
        {
            self::note("f$mark");
            return $given;
        }
    }

    $traces = fopen("$argv[1]/traces", 'w');
    foreach (file("$argv[1]/jobs", FILE_IGNORE_NEW_LINES) as $job) {
        [$name, $value] = explode(' ', $job);
        Rt::$value = $value === '1';
        Rt::$seen = [];
        try {
            require_once "$argv[1]/$name.php";
            $kind = "\\$name\\Program";
            (new $kind(new \Unleash\Client\Unleash()))->run();
        } catch (Throwable $error) {
            Rt::$seen[] = 'uncaught ' . get_class($error) . ': ' . $error->getMessage();
        }
        fwrite($traces, "#$job\n" . implode('', array_map(fn ($line) => " $line\n", Rt::$seen)));
    }
}

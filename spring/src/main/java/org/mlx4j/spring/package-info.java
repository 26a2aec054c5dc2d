/**
 * mlx4j in applications of Spring Boot 3.5 and 4.0: models from files, batchers with properties,
 * health, metrics, and an orderly end. The page {@code docs/spring.md} explains it.
 */
package org.mlx4j.spring;

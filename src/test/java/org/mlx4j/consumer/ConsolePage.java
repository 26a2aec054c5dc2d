package org.mlx4j.consumer;

import static java.util.function.Predicate.not;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands of a page, and what it prints below them. */
final class ConsolePage {
  /** A line that is typed after a prompt, and the lines that it prints. */
  record Command(String typed, List<String> printed) {}

  private final String text;

  ConsolePage(Path page) throws IOException {
    text = Files.readString(page);
  }

  /** All blocks of a language, one after the other. */
  List<List<String>> blocks(String language) {
    List<List<String>> blocks = new ArrayList<>();
    List<String> block = null;
    for (String line : text.lines().toList()) {
      if (line.equals("```" + language)) {
        block = new ArrayList<>();
        blocks.add(block);
      } else if (line.startsWith("```")) {
        block = null;
      } else if (block != null) {
        block.add(line);
      }
    }
    assertFalse(blocks.isEmpty(), () -> "the page has no block of " + language);
    return blocks;
  }

  /** The commands that follow this prompt. */
  List<Command> commands(String prompt) {
    List<Command> commands = new ArrayList<>();
    for (List<String> block : blocks("console")) {
      if (block.stream().allMatch(not(line -> line.startsWith(prompt)))) {
        continue;
      }
      for (String line : block) {
        if (line.startsWith(prompt)) {
          commands.add(new Command(line.substring(prompt.length()), new ArrayList<>()));
        } else {
          commands.get(commands.size() - 1).printed().add(line);
        }
      }
    }
    assertFalse(commands.isEmpty(), () -> "the page has no commands after " + prompt);
    return commands;
  }
}

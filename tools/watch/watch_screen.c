/* watch_screen.c - the table on a terminal, with keys. */
#define _GNU_SOURCE
#include "tool.h"
#include "watch.h"
#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct screen {
  struct watched watched;
  enum watch_column sort;
  size_t top; /* the first row shown */
  bool is_over;
};

enum { TICK_MS = 100, HEAD = 3, FOOT = 1 }; /* lines */

static volatile sig_atomic_t ended_by; /* a signal; 0: none so far */

static void note_signal(int number) { ended_by = number; }

/* ncurses would exit with a status of its own. */
static void catch_signals(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  struct sigaction action = {.sa_handler = note_signal};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    sigaction(numbers[i], &action, NULL);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- Drawing ---- */

static void draw_text(int line, const char *text) {
  if (line < LINES)
    mvaddnstr(line, 0, text, -1);
}

static size_t rows_shown(void) {
  return LINES > HEAD + FOOT ? (size_t)(LINES - HEAD - FOOT) : 0;
}

static void draw(struct screen *screen) {
  char text[4096];
  size_t shown = rows_shown();
  size_t last =
      screen->watched.count > shown ? screen->watched.count - shown : 0;
  screen->top = screen->top > last ? last : screen->top;
  erase();
  watched_title(&screen->watched, text, sizeof text);
  draw_text(0, text);
  attron(A_BOLD);
  watched_line(&screen->watched, NULL, COLS, text, sizeof text);
  draw_text(2, text);
  attroff(A_BOLD);
  for (size_t i = 0; i < shown && screen->top + i < screen->watched.count;
       i++) {
    watched_line(&screen->watched, &screen->watched.rows[screen->top + i], COLS,
                 text, sizeof text);
    draw_text(HEAD + (int)i, text);
  }
  if (LINES > HEAD)
    draw_text(LINES - 1, "q quit   s, left, right: sort by   up, down: move");
  refresh();
}

/* ---- Keys ---- */

static void sort_by(struct screen *screen, int step) {
  screen->sort = (enum watch_column)(
      (screen->sort + WATCH_COLUMN_COUNT + step) % WATCH_COLUMN_COUNT);
}

/* Whether the table has to be made anew. */
static bool obey(struct screen *screen, int key) {
  switch (key) {
  case 'q':
  case 'Q':
    screen->is_over = true;
    return false;
  case 's':
  case KEY_RIGHT:
    sort_by(screen, 1);
    return true;
  case KEY_LEFT:
    sort_by(screen, -1);
    return true;
  case KEY_DOWN:
    screen->top++;
    break;
  case KEY_NPAGE:
    screen->top += rows_shown();
    break;
  case KEY_UP:
    screen->top -= screen->top > 0;
    break;
  case KEY_PPAGE:
    screen->top -= screen->top < rows_shown() ? screen->top : rows_shown();
    break;
  default:
    return key == KEY_RESIZE;
  }
  draw(screen);
  return false;
}

/* Until it is time to look again. */
static void wait_for_keys(struct screen *screen, double until) {
  while (!screen->is_over && !ended_by && now() < until) {
    int key = getch(); /* TICK_MS at most */
    if (key != ERR && obey(screen, key))
      return;
  }
}

/* ---- The command's part ---- */

static bool look(struct screen *screen, const char *path) {
  if (screen->watched.input.image)
    watched_release(&screen->watched);
  if (!watched_read(&screen->watched, path, screen->sort))
    return false;
  draw(screen);
  return true;
}

static bool show(struct screen *screen, const char *path, double interval) {
  while (!screen->is_over && !ended_by) {
    if (!look(screen, path))
      return false;
    if (screen->watched.state == INPUT_ENDED ||
        screen->watched.state == INPUT_KILLED)
      break;
    wait_for_keys(screen, now() + interval);
  }
  return true;
}

bool watch_screen(const char *path, enum watch_column sort, double interval) {
  static struct screen screen;
  screen = (struct screen){.sort = sort};
  if (!watched_read(&screen.watched, path, sort)) /* before there is a screen */
    return false;
  setlocale(LC_CTYPE, "");
  catch_signals();
  SCREEN *terminal = newterm(NULL, stdout, stdin);
  if (!terminal) {
    watched_release(&screen.watched);
    return error("cannot use this terminal: TERM is '%s'",
                 getenv("TERM") ? getenv("TERM") : "");
  }
  cbreak();
  noecho();
  curs_set(0);
  keypad(stdscr, TRUE);
  timeout(TICK_MS);
  bool is_fine = show(&screen, path, interval);
  endwin();
  delscreen(terminal);
  if (is_fine && !screen.is_over && !ended_by)
    watched_print(&screen.watched, stdout); /* what it came to stays */
  if (is_fine)
    watched_release(&screen.watched);
  if (ended_by) {
    signal(ended_by, SIG_DFL);
    raise(ended_by);
  }
  return is_fine;
}

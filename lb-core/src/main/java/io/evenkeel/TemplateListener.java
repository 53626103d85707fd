package io.evenkeel;

import java.util.List;

/** Is told of the persistence templates that this node makes and renews. */
@FunctionalInterface
public interface TemplateListener {

  /**
   * Called for some changes at a time, on the director's executor and outside all locks, about a
   * tenth of a second after they happened. The next call waits for the return, at most for the
   * director's listener time-out; then the thread is interrupted and the next changes are
   * delivered. What it throws is logged. It may call the director, {@link Director#accept}
   * included.
   *
   * <p>A new template is told at once; a hit only when it lets the template live longer, by a
   * quarter of its timeout or more, than was told last. A client's changes come in order. While a
   * listener is slow, only a template's last change waits; beyond a million of waiting templates
   * changes are lost, counted and logged. What {@link Director#accept} or {@link
   * Director#restoreTemplates} brought is not told until a connection renews it.
   *
   * @param changes at least one; immutable
   */
  void onChanges(List<TemplateChange> changes);
}

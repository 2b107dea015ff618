(function () {
  "use strict";
  function key(row, column) {
    var cell = row.cells[column];
    return { figure: cell.dataset.sort ? Number(cell.dataset.sort) : null, text: cell.textContent.trim() };
  }
  function compare(left, right) {
    if (left.figure !== null && right.figure !== null) { return left.figure - right.figure; }
    return left.text.localeCompare(right.text);
  }
  function sort(table, column, header) {
    var descending = header.getAttribute("aria-sort") === "ascending";
    var body = table.tBodies[0];
    Array.prototype.slice.call(body.rows)
      .map(function (row) { return { row: row, key: key(row, column) }; })
      .sort(function (left, right) {
        var known = (left.key.figure === null) - (right.key.figure === null);
        return known || (descending ? -1 : 1) * compare(left.key, right.key);
      })
      .forEach(function (sorted) { body.appendChild(sorted.row); });
    table.querySelectorAll("th[aria-sort]").forEach(function (cell) { cell.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (header.firstChild) { button.appendChild(header.firstChild); }
      button.addEventListener("click", function () { sort(table, column, header); });
      header.appendChild(button);
    });
  });
}());

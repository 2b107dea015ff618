(function () {
  "use strict";
  function key(row, column) {
    var cell = row.cells[column];
    return { figure: cell.dataset.sort ? Number(cell.dataset.sort) : null, text: cell.textContent.trim() };
  }
  function compare(one, other) {
    if (one.figure !== null && other.figure !== null) { return one.figure - other.figure; }
    return one.text.localeCompare(other.text);
  }
  function sort(table, column, header) {
    var descending = header.getAttribute("aria-sort") === "ascending";
    var body = table.tBodies[0];
    Array.prototype.slice.call(body.rows)
      .map(function (row) { return { row: row, key: key(row, column) }; })
      .sort(function (one, other) {
        var known = (one.key.figure === null) - (other.key.figure === null);
        return known || (descending ? -1 : 1) * compare(one.key, other.key);
      })
      .forEach(function (each) { body.appendChild(each.row); });
    table.querySelectorAll("th[aria-sort]").forEach(function (each) { each.removeAttribute("aria-sort"); });
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

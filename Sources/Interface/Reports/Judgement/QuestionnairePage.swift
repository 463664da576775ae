// A page that asks people about pictures of events, shows each for a limited time, and gives their answers as a file.
internal import CanonicalJSON
internal import Charts

/// What a page asks.
///
///     let page = QuestionnairePage(title: "…", question: "Real or generated?", …).html
///
/// The page has no answers in it: what is real is known to the store alone.
package struct QuestionnairePage: Sendable {
  package var title: String
  /// What a person is to do, before the first picture.
  package var introduction: String
  package var question: String
  /// The names of the columns that pictures show.
  package var columns: [String]
  /// Shape [questions][pictures][columns][events], levels from 0 to 1.
  package var pictures: [[[[Double]]]]
  /// What an answer stores, its button's text, and the keys that stand for it.
  package var choices: [Choice]
  /// How long pictures are shown.
  package var seconds: Double
  /// The questionnaire as canonical JSON, which the answers carry with them.
  package var identity: String
  /// The name under which a browser saves the answers.
  package var file: String
  /// The command that stores them.
  package var command: String

  package struct Choice: Sendable {
    package let value: String
    package let label: String
    package let key: String

    package init(value: String, label: String, key: String) {
      (self.value, self.label, self.key) = (value, label, key)
    }
  }

  package init(
    title: String, introduction: String, question: String, columns: [String], pictures: [[[[Double]]]],
    choices: [Choice], seconds: Double, identity: String, file: String, command: String
  ) {
    (self.title, self.introduction, self.question) = (title, introduction, question)
    (self.columns, self.pictures, self.choices, self.seconds) = (columns, pictures, choices, seconds)
    (self.identity, self.file, self.command) = (identity, file, command)
  }

  /// The whole file; it loads nothing from elsewhere.
  package var html: String {
    var page = HTMLPage(title: title)
    page.add(.paragraph(introduction))
    page.add(
      .paragraph(
        isOfSingleEvents
          ? "A bar is the share of real events with a smaller value: empty below all real events, half at the median, full"
            + " above all."
          : "A picture counts events in eight bins of the share of real events with a smaller value: on the left those below"
            + " nearly all real events, in the middle those at the median."))
    page.add(.script(markup: Self.markup, code: "const data = \(data);\n\(Self.code)"))
    return page.html
  }

  private var isOfSingleEvents: Bool { pictures.first?.first?.first?.count == 1 }

  private var data: String {
    // Nothing in a script may end it.
    func quoted(_ text: String) -> String { jsonString(text).replacing("<", with: "\\u003c") }
    func list(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }
    let pictures = pictures.map { question in
      list(question.map { picture in list(picture.map { levels in list(levels.map(\.description)) }) })
    }
    let choices = choices.map { choice in
      "{\"value\": \(quoted(choice.value)), \"label\": \(quoted(choice.label)), \"key\": \(quoted(choice.key))}"
    }
    return """
      {
        "question": \(quoted(question)), "columns": [\(columns.map(quoted).joined(separator: ", "))],
        "seconds": \(seconds), "file": \(quoted(file)), "command": \(quoted(command)),
        "choices": [\(choices.joined(separator: ", "))],
        "identity": \(quoted(identity)),
        "pictures": [
          \(pictures.joined(separator: ",\n    "))
        ]
      }
      """
  }

  private static let markup = """
    <style>
    #stage { border: 1px solid var(--rule); border-radius: 6px; padding: 1rem; min-height: 18rem; }
    #pictures { display: flex; flex-wrap: wrap; gap: 1.5rem; min-height: 12rem; }
    #pictures figure { margin: 0; flex: 1 1 14rem; max-width: 26rem; }
    #pictures text { fill: var(--ink); font-size: 13px; } #pictures .frame { fill: none; stroke: var(--faint); }
    #pictures .bar { fill: var(--ink); } #pictures .middle { stroke: var(--faint); stroke-dasharray: 3 3; }
    button { font: inherit; padding: 0.5rem 1.2rem; margin: 0.4rem 0.6rem 0.4rem 0; border: 1px solid var(--faint);
      border-radius: 6px; background: var(--paper); color: var(--ink); cursor: pointer; }
    textarea { width: 100%; box-sizing: border-box; height: 6rem; font: 12px monospace; background: var(--paper);
      color: var(--ink); border: 1px solid var(--rule); }
    </style>
    <div id="stage">
    <p id="progress" aria-live="polite"></p>
    <div id="pictures"></div>
    <div id="controls"></div>
    </div>
    """

  private static let code = """
    const answers = [];
    let place = -1, timer = null, saved = true;
    const element = (name) => document.getElementById(name);

    function shape(name, attributes, text) {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const key in attributes) made.setAttribute(key, attributes[key]);
      if (text !== undefined) made.textContent = text;
      return made;
    }

    function drawn(levels, label) {
      const name = 110, width = 220, row = 26;
      const height = data.columns.length * row + (label ? 22 : 2);
      const svg = shape("svg", { viewBox: `0 0 ${name + width + 4} ${height}`, width: "100%", role: "img" });
      if (label) svg.append(shape("text", { x: name, y: 15, "font-weight": "bold" }, label));
      data.columns.forEach((column, index) => {
        const y = index * row + (label ? 22 : 2);
        const short = column.length > 15 ? column.slice(0, 14) + "…" : column;
        svg.append(shape("text", { x: name - 8, y: y + 15, "text-anchor": "end" }, short));
        const values = levels[index];
        if (values.length === 1) {
          svg.append(shape("rect", { class: "bar", x: name, y: y + 2, width: width * values[0], height: row - 8 }));
        } else {
          const counts = Array(8).fill(0);
          for (const value of values) counts[Math.min(7, Math.floor(value * 8))] += 1;
          const most = Math.max(...counts);
          counts.forEach((count, bin) => {
            const high = (row - 8) * count / most;
            svg.append(shape("rect", { class: "bar", x: name + bin * width / 8 + 1, y: y + row - 6 - high,
              width: width / 8 - 2, height: high }));
          });
        }
        svg.append(shape("rect", { class: "frame", x: name, y: y + 2, width: width, height: row - 8 }));
        svg.append(shape("line", { class: "middle", x1: name + width / 2, x2: name + width / 2, y1: y + 2, y2: y + row - 6 }));
      });
      const figure = document.createElement("figure");
      figure.append(svg);
      return figure;
    }

    function button(text, action) {
      const made = document.createElement("button");
      made.textContent = text;
      made.onclick = action;
      element("controls").append(made);
    }

    function hide() {
      element("pictures").replaceChildren();
      element("progress").textContent = `Question ${place + 1} of ${data.pictures.length}. ${data.question}`;
    }

    function ask() {
      place += 1;
      if (place >= data.pictures.length) return finish();
      const pictures = data.pictures[place];
      element("progress").textContent = `Question ${place + 1} of ${data.pictures.length}. ${data.question}`;
      element("pictures").replaceChildren(
        ...pictures.map((levels, index) => drawn(levels, pictures.length > 1 ? `[${index + 1}]` : "")));
      element("controls").replaceChildren();
      for (const choice of data.choices) button(`${choice.label} (${choice.key})`, () => answer(choice.value));
      button("stop here", finish);
      clearTimeout(timer);
      timer = setTimeout(hide, 1000 * data.seconds);
    }

    function answer(choice) {
      answers.push({ question: place, choice: choice });
      saved = false;
      ask();
    }

    function checksum(text) {
      let hash = 0x811c9dc5;
      for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
      return hash.toString(16).padStart(8, "0");
    }

    function answersText() {
      const list = answers.map((one) => `${one.question}:${one.choice}`).join(",");
      return `{"answers":${JSON.stringify(answers)},"checksum":"${checksum(data.identity + "\\n" + list)}",`
        + `"format":"fastsim answers 1","questionnaire":${data.identity}}\\n`;
    }

    function finish() {
      clearTimeout(timer);
      place = data.pictures.length;
      element("pictures").replaceChildren();
      element("controls").replaceChildren();
      if (answers.length === 0) {
        element("progress").textContent = "No question was answered; there is nothing to store.";
        return;
      }
      element("progress").textContent = `${answers.length} of ${data.pictures.length} questions are answered. `
        + `Download the answers and store them with: ${data.command}`;
      const text = answersText();
      button("download the answers", () => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        link.download = data.file;
        link.click();
        saved = true;
      });
      const area = document.createElement("textarea");
      area.readOnly = true;
      area.id = "answers";
      area.value = area.textContent = text;
      element("controls").append(area);
    }

    document.addEventListener("keydown", (event) => {
      if (place < 0 || place >= data.pictures.length || event.repeat || event.ctrlKey || event.metaKey) return;
      const choice = data.choices.find((one) => one.key === event.key.toLowerCase());
      if (choice) answer(choice.value);
    });
    window.addEventListener("beforeunload", (event) => { if (!saved) event.preventDefault(); });
    element("progress").textContent = `${data.pictures.length} questions.`;
    button("start", ask);
    """
}

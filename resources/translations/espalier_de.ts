<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<!-- SPDX-FileCopyrightText: 2026 Espalier developers -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<TS version="2.1" language="de_DE">
<context>
    <name>QObject</name>
    <message>
        <source>Loop nest</source>
        <translation>Schleifennest</translation>
    </message>
    <message>
        <source>Trace</source>
        <translation>Spur</translation>
    </message>
    <message>
        <source>C</source>
        <translation>C</translation>
    </message>
    <message>
        <source>LLVM IR</source>
        <translation>LLVM IR</translation>
    </message>
    <message>
        <source>Assembly</source>
        <translation>Assembler</translation>
    </message>
    <message>
        <source>Level of the program text</source>
        <translation>Ebene des Programmtexts</translation>
    </message>
</context>
<context>
    <name>espalier::ui::TreeView</name>
    <message>
        <source>Search tree</source>
        <translation>Suchbaum</translation>
    </message>
    <message>
        <source>The outline panel holds the same tree for screen readers.</source>
        <translation>Die Gliederung enthält denselben Baum für Bildschirmleser.</translation>
    </message>
    <message>
        <source>The search tree grows here.</source>
        <translation>Hier wächst der Suchbaum.</translation>
    </message>
    <message>
        <source>Node %1 · %2</source>
        <translation>Knoten %1 · %2</translation>
    </message>
    <message>
        <source>Measured: %1, %2 as fast as p0</source>
        <translation>Gemessen: %1, %2 so schnell wie p0</translation>
    </message>
    <message>
        <source>Predicted: %1</source>
        <translation>Vorhergesagt: %1</translation>
    </message>
    <message>
        <source>Failed on the hardware</source>
        <translation>Auf der Hardware gescheitert</translation>
    </message>
    <message>
        <source>Visits: %1</source>
        <translation>Besuche: %1</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
</context>
<context>
    <name>espalier::ui::CoreWords</name>
    <message>
        <source>Monte Carlo tree search</source>
        <translation>Monte-Carlo-Baumsuche</translation>
    </message>
    <message>
        <source>evolutionary search</source>
        <translation>evolutionäre Suche</translation>
    </message>
    <message>
        <source>random search</source>
        <translation>zufällige Suche</translation>
    </message>
    <message>
        <source>the rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>chance</source>
        <translation>Zufall</translation>
    </message>
    <message>
        <source>hand</source>
        <translation>Hand</translation>
    </message>
    <message>
        <source>a program of your own</source>
        <translation>eigenes Programm</translation>
    </message>
    <message>
        <source>the recording</source>
        <translation>Aufzeichnung</translation>
    </message>
    <message>
        <source>an earlier session</source>
        <translation>frühere Sitzung</translation>
    </message>
    <message>
        <source>the program crashed</source>
        <translation>das Programm ist abgestürzt</translation>
    </message>
    <message>
        <source>the program took too long</source>
        <translation>das Programm dauerte zu lange</translation>
    </message>
    <message>
        <source>not enough memory</source>
        <translation>zu wenig Speicher</translation>
    </message>
    <message>
        <source>the result is wrong</source>
        <translation>das Ergebnis ist falsch</translation>
    </message>
    <message>
        <source>the program could not be built</source>
        <translation>das Programm ließ sich nicht bauen</translation>
    </message>
    <message>
        <source>the object file could not be loaded</source>
        <translation>die Objektdatei ließ sich nicht laden</translation>
    </message>
    <message>
        <source>the worker process failed</source>
        <translation>der Arbeitsprozess ist ausgefallen</translation>
    </message>
    <message>
        <source>known already</source>
        <translation>schon bekannt</translation>
    </message>
    <message>
        <source>dead end</source>
        <translation>Sackgasse</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>all samples were taken</source>
        <translation>alle Proben sind genommen</translation>
    </message>
    <message>
        <source>the time was up</source>
        <translation>die Zeit war um</translation>
    </message>
    <message>
        <source>stopped on request</source>
        <translation>auf Wunsch beendet</translation>
    </message>
    <message>
        <source>every program in reach was measured or given up</source>
        <translation>jedes erreichbare Programm ist gemessen oder aufgegeben</translation>
    </message>
    <message>
        <source>Threads from here on: %1. Earlier measurements are set aside; the best program is measured anew first.</source>
        <translation>Threads von hier an: %1. Frühere Messungen sind beiseitegelegt; das beste Programm wird zuerst neu gemessen.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::Chart</name>
    <message>
        <source>Nothing to draw yet.</source>
        <translation>Noch nichts zu zeichnen.</translation>
    </message>
    <message>
        <source>%1: %2 %3, %4 %5</source>
        <translation>%1: %2 %3, %4 %5</translation>
    </message>
    <message>
        <source>
node %1</source>
        <translation>
Knoten %1</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ChartsPanel</name>
    <message>
        <source>Logarithmic</source>
        <translation>Logarithmisch</translation>
    </message>
    <message>
        <source>Speedup against samples</source>
        <translation>Beschleunigung über Proben</translation>
    </message>
    <message>
        <source>Speedup against time</source>
        <translation>Beschleunigung über Zeit</translation>
    </message>
    <message>
        <source>Speedup against tokens</source>
        <translation>Beschleunigung über Token</translation>
    </message>
    <message>
        <source>Speedup against cost</source>
        <translation>Beschleunigung über Kosten</translation>
    </message>
    <message>
        <source>Predicted against measured</source>
        <translation>Vorhersage gegen Messung</translation>
    </message>
    <message>
        <source>Nodes by depth</source>
        <translation>Knoten nach Tiefe</translation>
    </message>
    <message>
        <source>Share of fallbacks</source>
        <translation>Anteil der Notbehelfe</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitachse</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>Diagramm</translation>
    </message>
    <message>
        <source>Equal factors of speedup are equally far apart</source>
        <translation>Gleiche Faktoren der Beschleunigung liegen gleich weit auseinander</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Shows the whole chart again after zooming with the wheel or a frame</source>
        <translation>Zeigt nach dem Vergrößern mit Rad oder Rahmen wieder das ganze Diagramm</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Charts (*.png *.svg *.csv)</source>
        <translation>Diagramme (*.png *.svg *.csv)</translation>
    </message>
    <message>
        <source>Export the chart</source>
        <translation>Diagramm exportieren</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>speedup</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>US dollars</source>
        <translation>US-Dollar</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>best so far</source>
        <translation>bisher Bestes</translation>
    </message>
    <message>
        <source>each sample</source>
        <translation>jede Probe</translation>
    </message>
    <message>
        <source>roofline</source>
        <translation>Roofline</translation>
    </message>
    <message>
        <source>unscheduled, -O3: 1×</source>
        <translation>ungeplant, -O3: 1×</translation>
    </message>
    <message>
        <source>measured, ms</source>
        <translation>gemessen, ms</translation>
    </message>
    <message>
        <source>predicted, ms</source>
        <translation>vorhergesagt, ms</translation>
    </message>
    <message>
        <source>depth in the tree</source>
        <translation>Tiefe im Baum</translation>
    </message>
    <message>
        <source>nodes</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>node</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>fallbacks</source>
        <translation>Notbehelfe</translation>
    </message>
    <message>
        <source>%1, threads: %2</source>
        <translation>%1, Threads: %2</translation>
    </message>
</context>
<context>
    <name>espalier::ui::CommandPalette</name>
    <message>
        <source>Type a command, or #17 to go to a node</source>
        <translation>Befehl eingeben, oder #17, um zu einem Knoten zu gehen</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
</context>
<context>
    <name>espalier::ui::DiffPanel</name>
    <message>
        <source>What the node is compared with</source>
        <translation>Womit der Knoten verglichen wird</translation>
    </message>
    <message>
        <source>against its parent</source>
        <translation>mit dem Elternknoten</translation>
    </message>
    <message>
        <source>against the initial program</source>
        <translation>mit dem Ausgangsprogramm</translation>
    </message>
    <message>
        <source>against the best</source>
        <translation>mit dem besten</translation>
    </message>
    <message>
        <source>against the second node</source>
        <translation>mit dem zweiten Knoten</translation>
    </message>
    <message>
        <source>Select a node; Ctrl+click a second one to compare the two.</source>
        <translation>Einen Knoten wählen; Strg+Klick auf einen zweiten vergleicht die beiden.</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>Previous change</source>
        <translation>Vorige Änderung</translation>
    </message>
    <message>
        <source>Next change</source>
        <translation>Nächste Änderung</translation>
    </message>
    <message>
        <source>Ctrl+click a second node in the tree</source>
        <translation>Strg+Klick auf einen zweiten Knoten im Baum</translation>
    </message>
    <message>
        <source>%1 → %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>changes: %1</source>
        <translation>Stellen: %1</translation>
    </message>
</context>
<context>
    <name>espalier::ui::EffortPanel</name>
    <message>
        <source>Icicle of the effort</source>
        <translation>Eiszapfenbild des Aufwands</translation>
    </message>
    <message>
        <source>Nothing was measured yet.</source>
        <translation>Noch wurde nichts gemessen.</translation>
    </message>
    <message>
        <source>Node %1 · %2</source>
        <translation>Knoten %1 · %2</translation>
    </message>
    <message>
        <source>%1 % of the effort</source>
        <translation>%1 % des Aufwands</translation>
    </message>
    <message>
        <source>and its neighbours: %1 subtrees</source>
        <translation>mit seinen Nachbarn: %1 Teilbäume</translation>
    </message>
    <message>
        <source>Width: samples</source>
        <translation>Breite: Proben</translation>
    </message>
    <message>
        <source>Width: nodes</source>
        <translation>Breite: Knoten</translation>
    </message>
    <message>
        <source>Width: visits</source>
        <translation>Breite: Besuche</translation>
    </message>
    <message>
        <source>What the width of a bar shows</source>
        <translation>Was die Breite eines Balkens zeigt</translation>
    </message>
    <message>
        <source>Each bar is a subtree; colour is speedup. Double click looks into it.</source>
        <translation>Jeder Balken ist ein Teilbaum, die Farbe seine Beschleunigung. Doppelklick schaut hinein.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alles zeigen</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ExportSheet</name>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation>&amp;Durchsuchen …</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Name a file.</source>
        <translation>Bitte eine Datei nennen.</translation>
    </message>
    <message>
        <source>%1 is a folder. Name a file in it.</source>
        <translation>%1 ist ein Ordner. Bitte eine Datei darin nennen.</translation>
    </message>
    <message>
        <source>Nothing can be written into %1. Choose another folder.</source>
        <translation>In %1 kann nichts geschrieben werden. Bitte einen anderen Ordner wählen.</translation>
    </message>
    <message>
        <source>Object file with a C header</source>
        <translation>Objektdatei mit C-Header</translation>
    </message>
    <message>
        <source>Link it and call it: needs no Espalier.</source>
        <translation>Linken und aufrufen: braucht kein Espalier.</translation>
    </message>
    <message>
        <source>C source</source>
        <translation>C-Quelltext</translation>
    </message>
    <message>
        <source>Readable, for any C compiler with OpenMP.</source>
        <translation>Lesbar, für jeden C-Compiler mit OpenMP.</translation>
    </message>
    <message>
        <source>Trace of transformations</source>
        <translation>Spur der Transformationen</translation>
    </message>
    <message>
        <source>Text that `espalier-cli measure --trace` replays.</source>
        <translation>Text, den `espalier-cli measure --trace` wiederholt.</translation>
    </message>
    <message>
        <source>LLVM IR</source>
        <translation>LLVM IR</translation>
    </message>
    <message>
        <source>What the code generator hands to LLVM.</source>
        <translation>Was der Codegenerator an LLVM gibt.</translation>
    </message>
    <message>
        <source>Assembly</source>
        <translation>Assembler</translation>
    </message>
    <message>
        <source>For this machine.</source>
        <translation>Für diesen Rechner.</translation>
    </message>
    <message>
        <source>TVMScript</source>
        <translation>TVMScript</translation>
    </message>
    <message>
        <source>The program in TVM&apos;s notation.</source>
        <translation>Das Programm in der Schreibweise von TVM.</translation>
    </message>
    <message>
        <source>Report of the session</source>
        <translation>Bericht der Sitzung</translation>
    </message>
    <message>
        <source>One page with tree, curve and reasoning, to pass on.</source>
        <translation>Eine Seite mit Baum, Kurve und Begründungen zum Weitergeben.</translation>
    </message>
    <message>
        <source>Curve of the session</source>
        <translation>Kurve der Sitzung</translation>
    </message>
    <message>
        <source>The best so far after each sample.</source>
        <translation>Das bisher Beste nach jeder Probe.</translation>
    </message>
    <message>
        <source>Session as JSON</source>
        <translation>Sitzung als JSON</translation>
    </message>
    <message>
        <source>For programs.</source>
        <translation>Für Programme.</translation>
    </message>
    <message>
        <source>F&amp;ormat</source>
        <translation>F&amp;ormat</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Export the best node, %1</source>
        <translation>Den besten Knoten exportieren, %1</translation>
    </message>
    <message>
        <source>Export node %1</source>
        <translation>Knoten %1 exportieren</translation>
    </message>
</context>
<context>
    <name>espalier::ui::KeysSheet</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Walk the tree</source>
        <translation>Im Baum gehen</translation>
    </message>
    <message>
        <source>Arrows</source>
        <translation>Pfeile</translation>
    </message>
    <message>
        <source>parent, child, siblings</source>
        <translation>Eltern, Kind, Geschwister</translation>
    </message>
    <message>
        <source>the root</source>
        <translation>die Wurzel</translation>
    </message>
    <message>
        <source>next best; Shift+N the one before</source>
        <translation>nächstbester; Umschalt+N der davor</translation>
    </message>
    <message>
        <source>next bookmark</source>
        <translation>nächstes Lesezeichen</translation>
    </message>
    <message>
        <source>centre the node</source>
        <translation>Knoten in die Mitte</translation>
    </message>
    <message>
        <source>the whole tree</source>
        <translation>der ganze Baum</translation>
    </message>
    <message>
        <source>zoom; the wheel does so at the pointer</source>
        <translation>Zoom; das Rad am Zeiger</translation>
    </message>
    <message>
        <source>fold; Shift+H shows only the subtree</source>
        <translation>falten; Umschalt+H nur der Teilbaum</translation>
    </message>
    <message>
        <source>hide failed nodes</source>
        <translation>Gescheiterte verbergen</translation>
    </message>
    <message>
        <source>show everything again</source>
        <translation>wieder alles zeigen</translation>
    </message>
    <message>
        <source>labels; Shift+L those of the path</source>
        <translation>Beschriftung; Umschalt+L nur am Pfad</translation>
    </message>
    <message>
        <source>compare with the node clicked next</source>
        <translation>mit dem nächsten angeklickten vergleichen</translation>
    </message>
    <message>
        <source>what was measured</source>
        <translation>was gemessen wurde</translation>
    </message>
    <message>
        <source>colour: speedup, visits, value, prediction</source>
        <translation>Farbe: Beschleunigung, Besuche, Wert, Vorhersage</translation>
    </message>
    <message>
        <source>Steer the search</source>
        <translation>Die Suche lenken</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>pause, resume</source>
        <translation>anhalten, fortsetzen</translation>
    </message>
    <message>
        <source>one iteration</source>
        <translation>ein Durchlauf</translation>
    </message>
    <message>
        <source>one stage</source>
        <translation>eine Stufe</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>expand here</source>
        <translation>hier erweitern</translation>
    </message>
    <message>
        <source>measure here</source>
        <translation>hier messen</translation>
    </message>
    <message>
        <source>add transformations by hand</source>
        <translation>Transformationen von Hand</translation>
    </message>
    <message>
        <source>hint to the proposer</source>
        <translation>Hinweis an den Vorschlagenden</translation>
    </message>
    <message>
        <source>ask again</source>
        <translation>noch einmal fragen</translation>
    </message>
    <message>
        <source>pin</source>
        <translation>anheften</translation>
    </message>
    <message>
        <source>prune, as Delete</source>
        <translation>stutzen, wie Entf</translation>
    </message>
    <message>
        <source>focus the search below</source>
        <translation>Suche darunter bündeln</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>pause; first ends a comparison</source>
        <translation>anhalten; zuerst den Vergleich beenden</translation>
    </message>
    <message>
        <source>undo; Ctrl+Shift+Z redo</source>
        <translation>rückgängig; Strg+Umschalt+Z wiederholen</translation>
    </message>
    <message>
        <source>Keep and find</source>
        <translation>Behalten und finden</translation>
    </message>
    <message>
        <source>bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>write a note</source>
        <translation>Notiz schreiben</translation>
    </message>
    <message>
        <source>export the node</source>
        <translation>Knoten exportieren</translation>
    </message>
    <message>
        <source>export the best node</source>
        <translation>den besten exportieren</translation>
    </message>
    <message>
        <source>filter the table</source>
        <translation>Tabelle filtern</translation>
    </message>
    <message>
        <source>go to the best node</source>
        <translation>zum besten Knoten</translation>
    </message>
    <message>
        <source>next change; Shift+F3 the one before</source>
        <translation>nächste Änderung; Umschalt+F3 vorige</translation>
    </message>
    <message>
        <source>panels</source>
        <translation>Bereiche</translation>
    </message>
    <message>
        <source>all commands; #17 goes to node 17</source>
        <translation>alle Befehle; #17 geht zu Knoten 17</translation>
    </message>
    <message>
        <source>back and forward in time; Y plays</source>
        <translation>zurück und vor in der Zeit; Y spielt ab</translation>
    </message>
    <message>
        <source>start page</source>
        <translation>Startseite</translation>
    </message>
    <message>
        <source>open a session</source>
        <translation>Sitzung öffnen</translation>
    </message>
    <message>
        <source>full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>this sheet</source>
        <translation>diese Übersicht</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>hide fewer or more subtrees of few visits</source>
        <translation>weniger oder mehr selten besuchte Teilbäume verbergen</translation>
    </message>
</context>
<context>
    <name>espalier::ui::Legend</name>
    <message>
        <source>best</source>
        <translation>bester</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>vorhergesagt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>pruned</source>
        <translation>gestutzt</translation>
    </message>
    <message>
        <source>promising</source>
        <translation>aussichtsreich</translation>
    </message>
</context>
<context>
    <name>espalier::ui::MainWindow</name>
    <message>
        <source>The search has ended: %1. The best program is %2 as fast as the initial one (%3). Ctrl+Shift+E exports it.</source>
        <translation>Die Suche ist zu Ende: %1. Das beste Programm ist %2 so schnell wie das Ausgangsprogramm (%3). Strg+Umschalt+E exportiert es.</translation>
    </message>
    <message>
        <source>No search has begun in this session yet. It shows here as soon as one does.</source>
        <translation>In dieser Sitzung hat noch keine Suche begonnen. Sie erscheint hier, sobald eine beginnt.</translation>
    </message>
    <message>
        <source>measuring the initial program</source>
        <translation>Ausgangsprogramm wird gemessen</translation>
    </message>
    <message>
        <source>Espalier</source>
        <translation>Espalier</translation>
    </message>
    <message>
        <source>%1 — Espalier</source>
        <translation>%1 — Espalier</translation>
    </message>
    <message>
        <source>A search is running. Stop it before another session is opened.</source>
        <translation>Eine Suche läuft. Vor dem Öffnen einer anderen Sitzung muss sie beendet werden.</translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation>%1 wird geöffnet …</translation>
    </message>
    <message>
        <source>A search is running already.</source>
        <translation>Es läuft schon eine Suche.</translation>
    </message>
    <message>
        <source>Opening the workload and looking at the machine…</source>
        <translation>Aufgabe wird geöffnet, Rechner wird angesehen …</translation>
    </message>
    <message>
        <source>Opening the session…</source>
        <translation>Sitzung wird geöffnet …</translation>
    </message>
    <message>
        <source>%1 events</source>
        <translation>%1 Ereignisse</translation>
    </message>
    <message>
        <source>event %1 of %2</source>
        <translation>Ereignis %1 von %2</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Following</source>
        <translation>Folgt</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Interrupted while paused</source>
        <translation>Angehalten unterbrochen</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>In the past</source>
        <translation>In der Vergangenheit</translation>
    </message>
    <message>
        <source>best %1 (%2)</source>
        <translation>bestes %1 (%2)</translation>
    </message>
    <message>
        <source>%1 % of the roofline</source>
        <translation>%1 % der Roofline</translation>
    </message>
    <message>
        <source>nodes: %1</source>
        <translation>Knoten: %1</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>gescheitert: %1</translation>
    </message>
    <message>
        <source>measuring: %1</source>
        <translation>in Messung: %1</translation>
    </message>
    <message>
        <source>models asked: %1</source>
        <translation>gefragte Modelle: %1</translation>
    </message>
    <message>
        <source>samples %1 of %2</source>
        <translation>Proben %1 von %2</translation>
    </message>
    <message>
        <source>samples %1</source>
        <translation>Proben %1</translation>
    </message>
    <message>
        <source>tokens %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>12 and more</source>
        <translation>12 und mehr</translation>
    </message>
    <message>
        <source>first</source>
        <translation>erster</translation>
    </message>
    <message>
        <source>last</source>
        <translation>letzter</translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation>Sitzung öffnen</translation>
    </message>
    <message>
        <source>Sessions (*.espalier);;All files (*)</source>
        <translation>Sitzungen (*.espalier);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>&amp;Start page</source>
        <translation>&amp;Startseite</translation>
    </message>
    <message>
        <source>&amp;Open a session…</source>
        <translation>Sitzung &amp;öffnen …</translation>
    </message>
    <message>
        <source>&amp;Export the selected program…</source>
        <translation>Gewähltes Programm &amp;exportieren …</translation>
    </message>
    <message>
        <source>Export the &amp;best program…</source>
        <translation>&amp;Bestes Programm exportieren …</translation>
    </message>
    <message>
        <source>Export the &amp;picture of the tree…</source>
        <translation>Bild des &amp;Baums exportieren …</translation>
    </message>
    <message>
        <source>&amp;Compare with other sessions…</source>
        <translation>Mit anderen Sitzungen &amp;vergleichen …</translation>
    </message>
    <message>
        <source>Remove compared sessions</source>
        <translation>Verglichene Sitzungen entfernen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>Be&amp;enden</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Filter nodes</source>
        <translation>Knoten &amp;filtern</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>&amp;Step one iteration</source>
        <translation>Ein &amp;Durchlauf</translation>
    </message>
    <message>
        <source>Step one stage</source>
        <translation>Eine Stufe</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>Sto&amp;pp</translation>
    </message>
    <message>
        <source>Go &amp;on with this session</source>
        <translation>Mit dieser Sitzung &amp;weitermachen</translation>
    </message>
    <message>
        <source>Go on with ano&amp;ther proposer…</source>
        <translation>Mit anderem &amp;Vorschlagenden weitermachen …</translation>
    </message>
    <message>
        <source>End a comparison, or pause</source>
        <translation>Vergleich beenden oder anhalten</translation>
    </message>
    <message>
        <source>E&amp;xpand here</source>
        <translation>Hier e&amp;rweitern</translation>
    </message>
    <message>
        <source>&amp;Measure here</source>
        <translation>Hier &amp;messen</translation>
    </message>
    <message>
        <source>&amp;Pin</source>
        <translation>An&amp;heften</translation>
    </message>
    <message>
        <source>Pr&amp;une</source>
        <translation>&amp;Stutzen</translation>
    </message>
    <message>
        <source>&amp;Bookmark</source>
        <translation>&amp;Lesezeichen</translation>
    </message>
    <message>
        <source>Write a &amp;note…</source>
        <translation>&amp;Notiz schreiben …</translation>
    </message>
    <message>
        <source>What was measured</source>
        <translation>Was gemessen wurde</translation>
    </message>
    <message>
        <source>&amp;Focus the search below</source>
        <translation>Suche darunter &amp;bündeln</translation>
    </message>
    <message>
        <source>&amp;Hint to the proposer…</source>
        <translation>&amp;Hinweis an den Vorschlagenden …</translation>
    </message>
    <message>
        <source>&amp;Add transformations by hand…</source>
        <translation>&amp;Transformationen von Hand …</translation>
    </message>
    <message>
        <source>Ask a&amp;gain…</source>
        <translation>Noch einmal &amp;fragen …</translation>
    </message>
    <message>
        <source>Ans&amp;wer in place of the model…</source>
        <translation>&amp;Statt des Modells antworten …</translation>
    </message>
    <message>
        <source>No model is being asked at this moment.</source>
        <translation>Im Augenblick wird kein Modell gefragt.</translation>
    </message>
    <message>
        <source>Show the &amp;whole tree</source>
        <translation>&amp;Ganzen Baum zeigen</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Go to the &amp;best node</source>
        <translation>Zum &amp;besten Knoten</translation>
    </message>
    <message>
        <source>Hide &amp;failed nodes</source>
        <translation>&amp;Gescheiterte verbergen</translation>
    </message>
    <message>
        <source>Hide &amp;pruned nodes</source>
        <translation>Ge&amp;stutzte verbergen</translation>
    </message>
    <message>
        <source>Hide nodes that were &amp;never measured</source>
        <translation>&amp;Nie gemessene verbergen</translation>
    </message>
    <message>
        <source>&amp;Labels</source>
        <translation>&amp;Beschriftung</translation>
    </message>
    <message>
        <source>Labels along the pa&amp;th</source>
        <translation>Beschriftung am &amp;Pfad</translation>
    </message>
    <message>
        <source>Le&amp;gend</source>
        <translation>&amp;Legende</translation>
    </message>
    <message>
        <source>Compare with a se&amp;cond node</source>
        <translation>Mit z&amp;weitem Knoten vergleichen</translation>
    </message>
    <message>
        <source>Next boo&amp;kmark</source>
        <translation>Nächstes Le&amp;sezeichen</translation>
    </message>
    <message>
        <source>Back in time</source>
        <translation>Zurück in der Zeit</translation>
    </message>
    <message>
        <source>Forward in time</source>
        <translation>Vor in der Zeit</translation>
    </message>
    <message>
        <source>Play or hold</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>Next change</source>
        <translation>Nächste Änderung</translation>
    </message>
    <message>
        <source>Previous change</source>
        <translation>Vorige Änderung</translation>
    </message>
    <message>
        <source>Colour by speedup</source>
        <translation>Farbe nach Beschleunigung</translation>
    </message>
    <message>
        <source>Colour by visits</source>
        <translation>Farbe nach Besuchen</translation>
    </message>
    <message>
        <source>Colour by value</source>
        <translation>Farbe nach Wert</translation>
    </message>
    <message>
        <source>Colour by prediction</source>
        <translation>Farbe nach Vorhersage</translation>
    </message>
    <message>
        <source>F&amp;old or unfold</source>
        <translation>&amp;Falten oder entfalten</translation>
    </message>
    <message>
        <source>Show only this su&amp;btree</source>
        <translation>&amp;Nur diesen Teilbaum</translation>
    </message>
    <message>
        <source>&amp;All commands…</source>
        <translation>&amp;Alle Befehle …</translation>
    </message>
    <message>
        <source>&amp;Restore the default layout</source>
        <translation>Anfängliche A&amp;nordnung</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Tasten</translation>
    </message>
    <message>
        <source>&amp;About Espalier</source>
        <translation>&amp;Über Espalier</translation>
    </message>
    <message>
        <source>As the s&amp;ystem</source>
        <translation>Wie das &amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 zeigen</translation>
    </message>
    <message>
        <source>Chart: %1</source>
        <translation>Diagramm: %1</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Expand</source>
        <translation>Erweitern</translation>
    </message>
    <message>
        <source>Add by hand</source>
        <translation>Von Hand</translation>
    </message>
    <message>
        <source>Hint</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Go on with this search</source>
        <translation>Weitersuchen</translation>
    </message>
    <message>
        <source>Hold still</source>
        <translation>Stillhalten</translation>
    </message>
    <message>
        <source>Follow the best</source>
        <translation>Dem Besten folgen</translation>
    </message>
    <message>
        <source>Follow the newest</source>
        <translation>Dem Neuesten folgen</translation>
    </message>
    <message>
        <source>What the view follows</source>
        <translation>Wem die Ansicht folgt</translation>
    </message>
    <message>
        <source>Colour: speedup</source>
        <translation>Farbe: Tempo</translation>
    </message>
    <message>
        <source>Colour: prediction</source>
        <translation>Farbe: Vorhersage</translation>
    </message>
    <message>
        <source>Colour: visits</source>
        <translation>Farbe: Besuche</translation>
    </message>
    <message>
        <source>Colour: value</source>
        <translation>Farbe: Wert</translation>
    </message>
    <message>
        <source>Colour: depth</source>
        <translation>Farbe: Tiefe</translation>
    </message>
    <message>
        <source>Colour: age</source>
        <translation>Farbe: Alter</translation>
    </message>
    <message>
        <source>What the colour of a node shows</source>
        <translation>Was die Farbe eines Knotens zeigt</translation>
    </message>
    <message>
        <source>Size: visits</source>
        <translation>Größe: Besuche</translation>
    </message>
    <message>
        <source>Size: speedup</source>
        <translation>Größe: Tempo</translation>
    </message>
    <message>
        <source>Size: value</source>
        <translation>Größe: Wert</translation>
    </message>
    <message>
        <source>Size: prediction</source>
        <translation>Größe: Vorhersage</translation>
    </message>
    <message>
        <source>Size: depth</source>
        <translation>Größe: Tiefe</translation>
    </message>
    <message>
        <source>Size: age</source>
        <translation>Größe: Alter</translation>
    </message>
    <message>
        <source>What the size of a node shows</source>
        <translation>Was die Größe eines Knotens zeigt</translation>
    </message>
    <message>
        <source>&amp;Session</source>
        <translation>S&amp;itzung</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>Sea&amp;rch</source>
        <translation>Su&amp;che</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>&amp;Bereiche</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farbschema</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>Unpr&amp;une</source>
        <translation>Nicht mehr &amp;stutzen</translation>
    </message>
    <message>
        <source>Un&amp;pin</source>
        <translation>&amp;Lösen</translation>
    </message>
    <message>
        <source>Search every&amp;where again</source>
        <translation>Wieder &amp;überall suchen</translation>
    </message>
    <message>
        <source>Espalier %1 grows a tree of schedules for a tensor program and keeps the fastest. Its core is under the Apache License 2.0, this window under the GNU GPL 3 or later.</source>
        <translation>Espalier %1 lässt für ein Tensorprogramm einen Baum von Ablaufplänen wachsen und behält den schnellsten. Der Kern steht unter der Apache License 2.0, dieses Fenster unter der GNU GPL 3 oder später.</translation>
    </message>
    <message>
        <source>Click the node to compare node %1 with. Esc ends this.</source>
        <translation>Bitte den Knoten anklicken, mit dem Knoten %1 verglichen wird. Esc bricht ab.</translation>
    </message>
    <message>
        <source>Play the search from the chosen moment</source>
        <translation>Die Suche vom gewählten Augenblick an abspielen</translation>
    </message>
    <message>
        <source>Moment of the search</source>
        <translation>Augenblick der Suche</translation>
    </message>
    <message>
        <source>Shows the search as it was</source>
        <translation>Zeigt die Suche, wie sie war</translation>
    </message>
    <message>
        <source>Back to now</source>
        <translation>Zurück zum Jetzt</translation>
    </message>
    <message>
        <source>Speed: at 1× a whole search takes twenty seconds</source>
        <translation>Tempo: bei 1× dauert eine ganze Suche zwanzig Sekunden</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Diff</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>Begründung</translation>
    </message>
    <message>
        <source>Measurements</source>
        <translation>Messungen</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Gliederung</translation>
    </message>
    <message>
        <source>Effort</source>
        <translation>Aufwand</translation>
    </message>
    <message>
        <source>set %1 to %2</source>
        <translation>%1 auf %2 setzen</translation>
    </message>
    <message>
        <source>No search is running. Go on with the session first.</source>
        <translation>Es läuft keine Suche. Zuerst mit der Sitzung weitermachen.</translation>
    </message>
    <message>
        <source>hint for node %1</source>
        <translation>Hinweis für Knoten %1</translation>
    </message>
    <message>
        <source>unpin node %1</source>
        <translation>Knoten %1 lösen</translation>
    </message>
    <message>
        <source>pin node %1</source>
        <translation>Knoten %1 anheften</translation>
    </message>
    <message>
        <source>unprune node %1</source>
        <translation>Knoten %1 nicht mehr stutzen</translation>
    </message>
    <message>
        <source>prune node %1</source>
        <translation>Knoten %1 stutzen</translation>
    </message>
    <message>
        <source>focus on node %1</source>
        <translation>auf Knoten %1 bündeln</translation>
    </message>
    <message>
        <source>Exporting node %1…</source>
        <translation>Knoten %1 wird exportiert …</translation>
    </message>
    <message>
        <source>Written:</source>
        <translation>Geschrieben:</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>Other sessions</source>
        <translation>Andere Sitzungen</translation>
    </message>
    <message>
        <source>Show subtrees however few visits they had</source>
        <translation>Teilbäume zeigen, wie selten sie auch besucht wurden</translation>
    </message>
    <message>
        <source>Hide subtrees with fewer visits than %1</source>
        <translation>Teilbäume mit weniger Besuchen als %1 verbergen</translation>
    </message>
    <message>
        <source>Hide subtrees of &amp;few visits</source>
        <translation>Selten &amp;besuchte Teilbäume verbergen</translation>
    </message>
    <message>
        <source>⚠ faster than the roofline</source>
        <translation>⚠ schneller als die Roofline</translation>
    </message>
    <message>
        <source>The best time is below what this machine should need at least. One of the two was measured wrongly.</source>
        <translation>Die beste Zeit liegt unter dem, was dieser Rechner mindestens brauchen sollte. Eines von beiden wurde falsch gemessen.</translation>
    </message>
    <message>
        <source>shown: %1</source>
        <translation>gezeigt: %1</translation>
    </message>
    <message>
        <source>threads: %1</source>
        <translation>Threads: %1</translation>
    </message>
</context>
<context>
    <name>espalier::ui::MeasurementPanel</name>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>vorhergesagt</translation>
    </message>
    <message>
        <source>initial</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>roofline</source>
        <translation>Roofline</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>Nicht gemessen</translation>
    </message>
    <message>
        <source>Sample %1</source>
        <translation>Probe %1</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>gescheitert: %1</translation>
    </message>
    <message>
        <source>repeats</source>
        <translation>Wiederholungen</translation>
    </message>
    <message>
        <source>%1, from %2 to %3, median %4</source>
        <translation>%1, von %2 bis %3, Median %4</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>geprüft</translation>
    </message>
    <message>
        <source>not compared</source>
        <translation>nicht verglichen</translation>
    </message>
    <message>
        <source>conditions</source>
        <translation>Bedingungen</translation>
    </message>
    <message>
        <source>predicted then</source>
        <translation>damals vorhergesagt</translation>
    </message>
    <message>
        <source>%1, %2 of what was measured</source>
        <translation>%1, %2 des Gemessenen</translation>
    </message>
    <message>
        <source>of the roofline</source>
        <translation>Roofline-Anteil</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>Leistung</translation>
    </message>
    <message>
        <source>%1 GFLOP/s</source>
        <translation>%1 GFLOP/s</translation>
    </message>
    <message>
        <source>build</source>
        <translation>bauen</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>noch nicht</translation>
    </message>
    <message>
        <source>Predicted now</source>
        <translation>Jetzt vorhergesagt</translation>
    </message>
    <message>
        <source>In a fresh process</source>
        <translation>In einem frischen Prozess</translation>
    </message>
    <message>
        <source>Visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <source>%1, mean value %2</source>
        <translation>%1, mittlerer Wert %2</translation>
    </message>
    <message>
        <source>What the model of the machine says</source>
        <translation>Was das Modell des Rechners sagt</translation>
    </message>
    <message>
        <source>Select a node of the tree.</source>
        <translation>Bitte einen Knoten des Baums wählen.</translation>
    </message>
    <message>
        <source>Sample %1, set aside</source>
        <translation>Probe %1, beiseitegelegt</translation>
    </message>
    <message>
        <source>threads</source>
        <translation>Threads</translation>
    </message>
</context>
<context>
    <name>espalier::ui::MessageBar</name>
    <message>
        <source>Close the message</source>
        <translation>Meldung schließen</translation>
    </message>
</context>
<context>
    <name>espalier::ui::Minimap</name>
    <message>
        <source>Overview of the tree</source>
        <translation>Übersicht des Baums</translation>
    </message>
</context>
<context>
    <name>espalier::ui::NodeOutline</name>
    <message>
        <source>predicted</source>
        <translation>vorhergesagt</translation>
    </message>
    <message>
        <source>being measured</source>
        <translation>in Messung</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>node %1, %2, %3, speedup %4, %5 visits</source>
        <translation>Knoten %1, %2, %3, Beschleunigung %4, %5 Besuche</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>Speedup</source>
        <translation>Beschleunigung</translation>
    </message>
    <message>
        <source>Visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
</context>
<context>
    <name>espalier::ui::NodeTable</name>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Speedup</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>Probe</translation>
    </message>
    <message>
        <source>Proposed by</source>
        <translation>Vorschlag</translation>
    </message>
</context>
<context>
    <name>espalier::ui::NoteSheet</name>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Kept in the session&apos;s file; the search does not read it.</source>
        <translation>Steht in der Datei der Sitzung; die Suche liest es nicht.</translation>
    </message>
    <message>
        <source>Ctrl+Return keeps it; an empty note is removed.</source>
        <translation>Strg+Eingabe behält sie; eine leere Notiz wird entfernt.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Note on node %1</source>
        <translation>Notiz zu Knoten %1</translation>
    </message>
</context>
<context>
    <name>espalier::ui::OutlinePanel</name>
    <message>
        <source>Outline of the search tree</source>
        <translation>Gliederung des Suchbaums</translation>
    </message>
</context>
<context>
    <name>espalier::ui::PictureSheet</name>
    <message>
        <source>Picture of the tree</source>
        <translation>Bild des Baums</translation>
    </message>
    <message>
        <source>PNG, two pixels for each of the screen</source>
        <translation>PNG, zwei Bildpunkte für jeden des Bildschirms</translation>
    </message>
    <message>
        <source>SVG, sharp at any size</source>
        <translation>SVG, scharf in jeder Größe</translation>
    </message>
    <message>
        <source>PDF, for papers</source>
        <translation>PDF, für Veröffentlichungen</translation>
    </message>
    <message>
        <source>F&amp;ormat</source>
        <translation>F&amp;ormat</translation>
    </message>
    <message>
        <source>What is in view</source>
        <translation>Was zu sehen ist</translation>
    </message>
    <message>
        <source>The whole tree</source>
        <translation>Der ganze Baum</translation>
    </message>
    <message>
        <source>&amp;Part</source>
        <translation>&amp;Teil</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ProgramPanel</name>
    <message>
        <source>Select a node of the tree to read its program.</source>
        <translation>Bitte einen Knoten wählen, um sein Programm zu lesen.</translation>
    </message>
    <message>
        <source>Program of the selected node</source>
        <translation>Programm des gewählten Knotens</translation>
    </message>
    <message>
        <source>Node %1</source>
        <translation>Knoten %1</translation>
    </message>
    <message>
        <source>Node %1 · compiling…</source>
        <translation>Knoten %1 · wird übersetzt …</translation>
    </message>
    <message>
        <source>Node %1 · lines changed: %2</source>
        <translation>Knoten %1 · geänderte Zeilen: %2</translation>
    </message>
    <message>
        <source>Step %1: later steps changed its lines again</source>
        <translation>Schritt %1: spätere Schritte änderten seine Zeilen wieder</translation>
    </message>
    <message>
        <source>Step %1 · lines: %2</source>
        <translation>Schritt %1 · Zeilen: %2</translation>
    </message>
    <message>
        <source>Line %1: as in the parent</source>
        <translation>Zeile %1: wie im Elternknoten</translation>
    </message>
    <message>
        <source>Line %1: step %2</source>
        <translation>Zeile %1: Schritt %2</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ProposerForm</name>
    <message>
        <source>Rules (no key needed)</source>
        <translation>Regeln (ohne Schlüssel)</translation>
    </message>
    <message>
        <source>A language model</source>
        <translation>Ein Sprachmodell</translation>
    </message>
    <message>
        <source>Recorded replies</source>
        <translation>Aufgezeichnete Antworten</translation>
    </message>
    <message>
        <source>Random steps</source>
        <translation>Zufällige Schritte</translation>
    </message>
    <message>
        <source>&amp;Proposer</source>
        <translation>&amp;Vorschläge</translation>
    </message>
    <message>
        <source>Server and model below</source>
        <translation>Server und Modell unten</translation>
    </message>
    <message>
        <source>Pro&amp;file</source>
        <translation>Pro&amp;fil</translation>
    </message>
    <message>
        <source>Server &amp;URL</source>
        <translation>Serve&amp;r-URL</translation>
    </message>
    <message>
        <source>the first that the server lists</source>
        <translation>das erste, das der Server nennt</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>no limit, in US dollars</source>
        <translation>keine Grenze, in US-Dollar</translation>
    </message>
    <message>
        <source>Most &amp;cost</source>
        <translation>Höchste K&amp;osten</translation>
    </message>
    <message>
        <source>There is no key: set %1 before Espalier is started. It is never stored.</source>
        <translation>Der Schlüssel fehlt: %1 muss gesetzt sein, bevor Espalier startet. Er wird nie gespeichert.</translation>
    </message>
    <message>
        <source>A key is read from ESPALIER_API_KEY or OPENAI_API_KEY and never stored.</source>
        <translation>Ein Schlüssel wird aus ESPALIER_API_KEY oder OPENAI_API_KEY gelesen und nie gespeichert.</translation>
    </message>
    <message>
        <source>a session, or exchanges with a model (.jsonl)</source>
        <translation>eine Sitzung oder Gespräche mit einem Modell (.jsonl)</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufzeichnung</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen …</translation>
    </message>
    <message>
        <source>Recor&amp;ding</source>
        <translation>Auf&amp;zeichnung</translation>
    </message>
    <message>
        <source>Recordings (*.espalier *.jsonl);;All files (*)</source>
        <translation>Aufzeichnungen (*.espalier *.jsonl);;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ProposerSheet</name>
    <message>
        <source>Go on with another proposer</source>
        <translation>Mit anderem Vorschlagenden weitermachen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>The search stops as soon as what is in flight has arrived, and goes on in the same session.</source>
        <translation>Die Suche hält an, sobald Begonnenes eingetroffen ist, und geht in derselben Sitzung weiter.</translation>
    </message>
    <message>
        <source>The session goes on where it stopped.</source>
        <translation>Die Sitzung geht weiter, wo sie aufgehört hat.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ReasoningPanel</name>
    <message>
        <source>%1 tokens in, %2 out</source>
        <translation>%1 Token hin, %2 zurück</translation>
    </message>
    <message>
        <source> (%1 cached)</source>
        <translation> (%1 zwischengespeichert)</translation>
    </message>
    <message>
        <source> (estimated)</source>
        <translation> (geschätzt)</translation>
    </message>
    <message>
        <source>The same program as node %1.</source>
        <translation>Dasselbe Programm wie Knoten %1.</translation>
    </message>
    <message>
        <source>changed again by later steps</source>
        <translation>von späteren Schritten wieder geändert</translation>
    </message>
    <message>
        <source>→ lines: %1</source>
        <translation>→ Zeilen: %1</translation>
    </message>
    <message>
        <source>No model was asked for this node.</source>
        <translation>Für diesen Knoten wurde kein Modell gefragt.</translation>
    </message>
    <message>
        <source>No model answered for this node.</source>
        <translation>Für diesen Knoten hat kein Modell geantwortet.</translation>
    </message>
    <message>
        <source>Proposal</source>
        <translation>Vorschlag</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Anfrage</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>%1 is thinking about what comes next here</source>
        <translation>%1 überlegt, was hier als Nächstes kommt</translation>
    </message>
    <message>
        <source>Select a node of the tree.</source>
        <translation>Bitte einen Knoten des Baums wählen.</translation>
    </message>
    <message>
        <source>The initial program</source>
        <translation>Das Ausgangsprogramm</translation>
    </message>
    <message>
        <source>Node %1</source>
        <translation>Knoten %1</translation>
    </message>
    <message>
        <source>proposed by %1 for node %2</source>
        <translation>vorgeschlagen von %1 für Knoten %2</translation>
    </message>
    <message>
        <source>nothing proposed was valid, so a random step was taken</source>
        <translation>kein Vorschlag war gültig, daher ein zufälliger Schritt</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Proposed steps</source>
        <translation>Vorgeschlagene Schritte</translation>
    </message>
    <message>
        <source>Your note</source>
        <translation>Ihre Notiz</translation>
    </message>
    <message>
        <source>Hints in force</source>
        <translation>Geltende Hinweise</translation>
    </message>
    <message>
        <source>Proposals for this node that led nowhere</source>
        <translation>Vorschläge für diesen Knoten, die nirgends hinführten</translation>
    </message>
    <message>
        <source>--- thinking ---
%1
--- answer ---
</source>
        <translation>--- Überlegung ---
%1
--- Antwort ---
</translation>
    </message>
</context>
<context>
    <name>espalier::ui::RunPanel</name>
    <message>
        <source>Samples</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>The run ends when this many candidates were measured.</source>
        <translation>Der Lauf endet, wenn so viele Kandidaten gemessen wurden.</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>The run ends after this time; 0 is no limit.</source>
        <translation>Der Lauf endet nach dieser Zeit; 0 ist keine Grenze.</translation>
    </message>
    <message>
        <source>Exploration c</source>
        <translation>Erkundung c</translation>
    </message>
    <message>
        <source>Weight of the exploration term of UCT.</source>
        <translation>Gewicht des Erkundungsterms von UCT.</translation>
    </message>
    <message>
        <source>Branching</source>
        <translation>Verzweigung</translation>
    </message>
    <message>
        <source>Children that a node may have before those below it are selected.</source>
        <translation>Kinder, die ein Knoten haben darf, bevor die darunter gewählt werden.</translation>
    </message>
    <message>
        <source>Most cost, $</source>
        <translation>Höchste Kosten, $</translation>
    </message>
    <message>
        <source>What asking a model may cost.</source>
        <translation>Was das Fragen eines Modells kosten darf.</translation>
    </message>
    <message>
        <source>Most tokens</source>
        <translation>Meiste Token</translation>
    </message>
    <message>
        <source>How many tokens may be sent to and received from a model.</source>
        <translation>Wie viele Token mit einem Modell ausgetauscht werden dürfen.</translation>
    </message>
    <message>
        <source>Ancestors</source>
        <translation>Vorfahren</translation>
    </message>
    <message>
        <source>How many ancestors of a node a proposer is shown.</source>
        <translation>Wie viele Vorfahren eines Knotens gezeigt werden.</translation>
    </message>
    <message>
        <source>Another proposer…</source>
        <translation>Anderer Vorschlagender …</translation>
    </message>
    <message>
        <source>Goes on with another proposer or model.</source>
        <translation>Macht mit anderem Vorschlagenden oder Modell weiter.</translation>
    </message>
    <message>
        <source>No run yet.</source>
        <translation>Noch kein Lauf.</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>finished: %1</source>
        <translation>fertig: %1</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>running elsewhere, or interrupted</source>
        <translation>läuft anderswo oder ist unterbrochen</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>, proposals by %1</source>
        <translation>, Vorschläge: %1</translation>
    </message>
    <message>
        <source>, preset %1, seed %2</source>
        <translation>, Voreinstellung %1, Startwert %2</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Initial program</source>
        <translation>Ausgangsprogramm</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Bestes</translation>
    </message>
    <message>
        <source>&lt;b&gt;%1&lt;/b&gt;, %2, node %3</source>
        <translation>&lt;b&gt;%1&lt;/b&gt;, %2, Knoten %3</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Leistung</translation>
    </message>
    <message>
        <source>%1 GFLOP/s</source>
        <translation>%1 GFLOP/s</translation>
    </message>
    <message>
        <source>Of the roofline</source>
        <translation>Roofline-Anteil</translation>
    </message>
    <message>
        <source>%1, %2 failed</source>
        <translation>%1, %2 gescheitert</translation>
    </message>
    <message>
        <source>Expansions</source>
        <translation>Erweiterungen</translation>
    </message>
    <message>
        <source>%1, %2 fallbacks, %3 duplicates</source>
        <translation>%1, %2 Notbehelfe, %3 Dubletten</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>%1 calls, %2 tokens in, %3 out, %4</source>
        <translation>%1 Aufrufe, %2 Token hin, %3 zurück, %4</translation>
    </message>
    <message>
        <source>Cores that the program runs on. A change sets earlier measurements aside; the best program is measured anew first.</source>
        <translation>Kerne, auf denen das Programm läuft. Eine Änderung legt frühere Messungen beiseite; das beste Programm wird als erstes neu gemessen.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::StartPage</name>
    <message>
        <source>&amp;Back to %1</source>
        <translation>Zur&amp;ück zu %1</translation>
    </message>
    <message>
        <source>Espalier</source>
        <translation>Espalier</translation>
    </message>
    <message>
        <source>Grows a tree of schedules for a tensor program, reasons about each, measures them, and keeps the fastest.</source>
        <translation>Lässt für ein Tensorprogramm einen Baum von Ablaufplänen wachsen, begründet und misst jeden und behält den schnellsten.</translation>
    </message>
    <message>
        <source>New tuning</source>
        <translation>Neue Suche</translation>
    </message>
    <message>
        <source>Workload</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>&amp;Kernel file…</source>
        <translation>&amp;Kerneldatei …</translation>
    </message>
    <message>
        <source>&amp;Workload</source>
        <translation>A&amp;ufgabe</translation>
    </message>
    <message>
        <source>M=64 N=256 K=128</source>
        <translation>M=64 N=256 K=128</translation>
    </message>
    <message>
        <source>Si&amp;zes</source>
        <translation>&amp;Größen</translation>
    </message>
    <message>
        <source>the only one of the file</source>
        <translation>der einzige der Datei</translation>
    </message>
    <message>
        <source>Kerne&amp;l</source>
        <translation>Kerne&amp;l</translation>
    </message>
    <message>
        <source>Monte Carlo tree search</source>
        <translation>Monte-Carlo-Baumsuche</translation>
    </message>
    <message>
        <source>Evolutionary search</source>
        <translation>Evolutionäre Suche</translation>
    </message>
    <message>
        <source>Random search</source>
        <translation>Zufällige Suche</translation>
    </message>
    <message>
        <source>Strate&amp;gy</source>
        <translation>Strat&amp;egie</translation>
    </message>
    <message>
        <source>S&amp;amples</source>
        <translation>&amp;Proben</translation>
    </message>
    <message>
        <source>all cores</source>
        <translation>alle Kerne</translation>
    </message>
    <message>
        <source>&amp;Threads</source>
        <translation>&amp;Threads</translation>
    </message>
    <message>
        <source>Session file</source>
        <translation>Sitzungsdatei</translation>
    </message>
    <message>
        <source>Start tu&amp;ning</source>
        <translation>Suche begi&amp;nnen</translation>
    </message>
    <message>
        <source>Kernel file</source>
        <translation>Kerneldatei</translation>
    </message>
    <message>
        <source>Kernels (*.tc);;All files (*)</source>
        <translation>Kernel (*.tc);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Recorded sessions</source>
        <translation>Aufgezeichnete Sitzungen</translation>
    </message>
    <message>
        <source>Recent sessions</source>
        <translation>Letzte Sitzungen</translation>
    </message>
    <message>
        <source>None yet. What you tune is kept in a file and listed here.</source>
        <translation>Noch keine. Jede Suche bleibt in einer Datei und steht dann hier.</translation>
    </message>
    <message>
        <source>&amp;Open a session…</source>
        <translation>Sitzung &amp;öffnen …</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Plays at once, without a key</source>
        <translation>Läuft sofort, ohne Schlüssel</translation>
    </message>
    <message>
        <source>A kernel in Tensor Comprehensions notation.</source>
        <translation>Ein Kernel in der Schreibweise von Tensor Comprehensions.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::SteerBar</name>
    <message>
        <source>Text for the search</source>
        <translation>Text für die Suche</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Hint for proposals at and below node %1</source>
        <translation>Hinweis für Vorschläge an und unter Knoten %1</translation>
    </message>
    <message>
        <source>For instance: keep the reduction innermost, L2 is only 1 MiB. Nothing removes the hint.</source>
        <translation>Zum Beispiel: keep the reduction innermost, L2 is only 1 MiB. Leer entfernt den Hinweis.</translation>
    </message>
    <message>
        <source>Give the hint</source>
        <translation>Hinweis geben</translation>
    </message>
    <message>
        <source>Transformations to apply to node %1, one a line</source>
        <translation>Transformationen für Knoten %1, eine je Zeile</translation>
    </message>
    <message>
        <source>TileSize(block=C, loop=n, factors=[64, 32])</source>
        <translation>TileSize(block=C, loop=n, factors=[64, 32])</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Nothing: the prompt is assembled as usual.</source>
        <translation>Leer: die Anfrage entsteht wie üblich.</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Noch einmal fragen</translation>
    </message>
    <message>
        <source>Answer for node %1 in place of the model, one transformation a line</source>
        <translation>Für Knoten %1 statt des Modells antworten, eine Transformation je Zeile</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Ctrl+Space lists what is legal here; Ctrl+Return sends.</source>
        <translation>Strg+Leertaste zeigt, was hier erlaubt ist; Strg+Eingabe sendet.</translation>
    </message>
    <message>
        <source>Ctrl+Return sends.</source>
        <translation>Strg+Eingabe sendet.</translation>
    </message>
    <message>
        <source>Write at least one transformation.</source>
        <translation>Bitte mindestens eine Transformation schreiben.</translation>
    </message>
    <message>
        <source>Ask the proposer again for node %1</source>
        <translation>Für Knoten %1 noch einmal fragen</translation>
    </message>
    <message>
        <source>Ask again for node %1, for a sibling of node %2, with this prompt</source>
        <translation>Für Knoten %1 noch einmal fragen, nach einem Geschwister von Knoten %2, mit dieser Anfrage</translation>
    </message>
</context>
<context>
    <name>espalier::ui::TablePanel</name>
    <message>
        <source>Nodes</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>Filter: speedup &gt; 3 and has Vectorize and not failed</source>
        <translation>Filter: speedup &gt; 3 and has Vectorize and not failed</translation>
    </message>
    <message>
        <source>Filter of nodes</source>
        <translation>Filter der Knoten</translation>
    </message>
    <message>
        <source>nodes: %1</source>
        <translation>Knoten: %1</translation>
    </message>
    <message>
        <source>the first %1 of %2 nodes</source>
        <translation>die ersten %1 von %2 Knoten</translation>
    </message>
</context>
<context>
    <name>espalier::ui::TimelineView</name>
    <message>
        <source>propose</source>
        <translation>vorschlagen</translation>
    </message>
    <message>
        <source>build</source>
        <translation>bauen</translation>
    </message>
    <message>
        <source>measure</source>
        <translation>messen</translation>
    </message>
    <message>
        <source>Timeline of proposing, building and measuring</source>
        <translation>Zeitachse des Vorschlagens, Bauens und Messens</translation>
    </message>
    <message>
        <source>Nothing was built or measured yet.</source>
        <translation>Noch wurde nichts gebaut oder gemessen.</translation>
    </message>
    <message>
        <source>0 s</source>
        <translation>0 s</translation>
    </message>
    <message>
        <source>%1 sample %2, node %3</source>
        <translation>%1: Probe %2, Knoten %3</translation>
    </message>
    <message>
        <source>%1 for node %2</source>
        <translation>%1 für Knoten %2</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
</context>
<context>
    <name>espalier::ui::WhyPanel</name>
    <message>
        <source>Select a node of the tree.</source>
        <translation>Bitte einen Knoten des Baums wählen.</translation>
    </message>
    <message>
        <source>Every search begins with the initial program.</source>
        <translation>Jede Suche beginnt mit dem Ausgangsprogramm.</translation>
    </message>
    <message>
        <source>Node %1 was not selected by UCT: %2.</source>
        <translation>Knoten %1 wurde nicht durch UCT gewählt: %2.</translation>
    </message>
    <message>
        <source>Why node %1 was expanded into node %2</source>
        <translation>Warum Knoten %1 zu Knoten %2 erweitert wurde</translation>
    </message>
    <message>
        <source>It was the root, and had room for another child.</source>
        <translation>Es war die Wurzel und hatte Platz für ein weiteres Kind.</translation>
    </message>
    <message>
        <source>A command named it.</source>
        <translation>Ein Befehl nannte ihn.</translation>
    </message>
    <message>
        <source>At every step the child with the largest sum of mean value and exploration is followed, until one has room for another child.</source>
        <translation>Bei jedem Schritt geht es zum Kind mit der größten Summe aus mittlerem Wert und Erkundung, bis eines Platz für ein weiteres Kind hat.</translation>
    </message>
    <message>
        <source>From node %1</source>
        <translation>Von Knoten %1</translation>
    </message>
    <message>
        <source>child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>exploration</source>
        <translation>Erkundung</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>Summe</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>geschlossen</translation>
    </message>
</context>
<context>
    <name>espalier::ui::Panel</name>
    <message>
        <source>more than this machine should allow: a measuring error, until shown otherwise</source>
        <translation>mehr, als dieser Rechner können sollte: ein Messfehler, bis das Gegenteil gezeigt ist</translation>
    </message>
</context>
<context>
    <name>QShortcut</name>
    <message>
        <source>Ctrl</source>
        <translation>Strg</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>Umschalt</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Entf</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rücktaste</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Pos1</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>PgUp</source>
        <translation>Bild auf</translation>
    </message>
    <message>
        <source>PgDown</source>
        <translation>Bild ab</translation>
    </message>
</context>
</TS>
